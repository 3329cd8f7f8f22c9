using System.Management.Automation;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Cmdlets whose work on a machine may take long: all is asked for in the pipeline, and done in it or in a job.</summary>
public abstract class LongMachineCmdlet : MachineCmdlet, ILongCommand
{
    /// <summary>Works in a job, for Get-Job, Wait-Job, Receive-Job and Stop-Job, and returns it at once. Questions are asked before.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <summary>Does the work, or makes the job of it.</summary>
    protected override void ProcessRecord() => ForEach(Chosen(), machine =>
    {
        if (IsAgreed(machine))
        {
            NowOrInJob(machine, static (cmdlet, machine) => ((LongMachineCmdlet)cmdlet).Work(machine));
        }
    });

    /// <summary>Asks whether the work shall be done.</summary>
    private protected abstract bool IsAgreed(MachineInfo machine);

    /// <summary>Does the work, asking nothing.</summary>
    private protected abstract void Work(MachineInfo machine);
}
