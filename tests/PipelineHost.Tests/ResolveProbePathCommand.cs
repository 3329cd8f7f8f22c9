using System.Management.Automation;

namespace PipelineHost.Tests;

/// <summary>Shows how paths are resolved.</summary>
[Cmdlet("Resolve", "ProbePath")]
public sealed class ResolveProbePathCommand : PSCmdlet, IDisposable
{
    internal static int Disposed { get; set; }

    [Parameter(Mandatory = true, Position = 0)] public string Path { get; set; } = "";
    [Parameter] public SwitchParameter Unresolved { get; set; }

    public void Dispose() => Disposed++;

    protected override void ProcessRecord()
    {
        if (Unresolved) WriteObject(SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path));
        else WriteObject(GetResolvedProviderPathFromPSPath(Path, out _), true);
    }
}
