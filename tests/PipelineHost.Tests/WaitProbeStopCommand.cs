using System.Management.Automation;

namespace PipelineHost.Tests;

/// <summary>Waits until it is stopped.</summary>
[Cmdlet("Wait", "ProbeStop")]
public sealed class WaitProbeStopCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stopped = new();

    internal static TaskCompletionSource Reached { get; set; } = new();

    public void Dispose() => _stopped.Dispose();

    protected override void ProcessRecord()
    {
        Reached.SetResult();
        _stopped.Token.WaitHandle.WaitOne();
        _stopped.Token.ThrowIfCancellationRequested();
    }

    protected override void StopProcessing() => _stopped.Cancel();
}
