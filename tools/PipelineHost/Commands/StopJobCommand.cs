using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Ends jobs.</summary>
[Cmdlet("Stop", "Job")]
internal sealed class StopJobCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)] public Job[] Job { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (Job job in Job) job.StopJob();
    }
}
