using System.Management.Automation;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Cmdlets that wait for machines.</summary>
public abstract class WaitingCmdlet : LongMachineCmdlet
{
    /// <summary>The text on the console to wait for.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Text { get; set; }

    /// <summary>How long to wait for each machine: seconds, or 30s, 5m. 5 minutes without it.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Timeout { get; set; } = MachineWaiting.DefaultTimeout;

    /// <summary>Writes the machines.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>What was asked to be waited for, besides the text.</summary>
    private protected abstract WaitCondition? Wanted { get; }

    /// <summary>Looks at the parameters.</summary>
    protected override void BeginProcessing() => OrEnd(() => MachineWaiting.Choose(Wanted, Text), Text);

    /// <summary>Waits, and writes the machine if that is wanted.</summary>
    private protected void Finish(MachineInfo machine)
    {
        if (MachineWaiting.Choose(Wanted, Text) is { } condition)
        {
            MachineWaiting.Wait(this, machine, condition, Text, Timeout);
        }

        if (PassThru)
        {
            WriteMachine(machine.Id);
        }
    }
}
