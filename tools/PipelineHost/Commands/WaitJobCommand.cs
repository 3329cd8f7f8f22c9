using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Waits until jobs have ended.</summary>
[Cmdlet("Wait", "Job")]
internal sealed class WaitJobCommand : PSCmdlet, IDisposable
{
    private readonly ManualResetEvent _stopped = new(false);

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)] public Job[] Job { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (Job job in Job)
        {
            WaitHandle.WaitAny([job.Finished, _stopped]);
            WriteObject(job);
        }
    }

    protected override void StopProcessing() => _stopped.Set();

    public void Dispose() => _stopped.Dispose();
}
