using System.Management.Automation;

namespace PipelineHost.Tests;

/// <summary>Waits until it is stopped.</summary>
[Cmdlet("Wait", "ProbeStop")]
public sealed class WaitProbeStopCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource stopped = new();

    internal static TaskCompletionSource Reached { get; set; } = new();

    public void Dispose() => stopped.Dispose();

    protected override void ProcessRecord()
    {
        Reached.SetResult();
        stopped.Token.WaitHandle.WaitOne();
        stopped.Token.ThrowIfCancellationRequested();
    }

    protected override void StopProcessing() => stopped.Cancel();
}
