using System.Management.Automation;

namespace VirtCmdlets;

/// <summary>Cmdlets whose work on an application may take long: all is asked for in the pipeline, and done in it or in a job.</summary>
public abstract class LongApplicationCmdlet : ApplicationCmdlet, ILongCommand
{
    /// <summary>Works in a job, for Get-Job, Wait-Job, Receive-Job and Stop-Job, and returns it at once. Questions are asked before.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <summary>Does the work, or makes the job of it.</summary>
    protected override void ProcessRecord() => ForEach(Chosen(), application =>
    {
        if (IsAgreed(application))
        {
            NowOrInJob(application, static (cmdlet, application) => ((LongApplicationCmdlet)cmdlet).Work(application));
        }
    });

    /// <summary>Asks whether the work shall be done.</summary>
    private protected abstract bool IsAgreed(ApplicationInfo application);

    /// <summary>Does the work, asking nothing.</summary>
    private protected abstract void Work(ApplicationInfo application);
}
