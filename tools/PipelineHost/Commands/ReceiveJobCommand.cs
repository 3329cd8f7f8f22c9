using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Takes what jobs have written.</summary>
[Cmdlet("Receive", "Job")]
internal sealed class ReceiveJobCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)] public Job[] Job { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (Job job in Job)
        {
            foreach (ProgressRecord progress in job.Progress.ReadAll()) WriteProgress(progress);
            foreach (WarningRecord warning in job.Warning.ReadAll()) WriteWarning(warning.Message);
            foreach (ErrorRecord error in job.Error.ReadAll()) WriteError(error);
            WriteObject(job.Output.ReadAll(), true);
        }
    }
}
