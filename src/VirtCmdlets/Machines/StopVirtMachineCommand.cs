using System.Management.Automation;
using VirtEngine.Control;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Shuts virtual machines down, and turns them off if they do not heed it.</summary>
/// <example><code>Stop-VirtMachine web01</code>Asks the guest to shut down, by its agent or the power button, and turns the machine off after the time in its spec.</example>
/// <example><code>Stop-VirtMachine web01 -TurnOff -Force</code>Turns a machine off at once, like pulling the plug, without asking.</example>
[Cmdlet(VerbsLifecycle.Stop, "VirtMachine", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(MachineInfo), typeof(Job))]
public sealed class StopVirtMachineCommand : LongMachineCmdlet
{
    /// <summary>How to ask the guest: ShutDown (agent, else power button), Agent, PowerButton, TurnOff.</summary>
    [Parameter]
    public StopMode Mode { get; set; } = StopMode.ShutDown;

    /// <summary>How long the guest may take: seconds, or 30s, 5m. What its spec says without it.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Timeout { get; set; }

    /// <summary>Fails after the time rather than turning the machine off.</summary>
    [Parameter]
    public SwitchParameter NoTurnOff { get; set; }

    /// <summary>Turns the machine off at once, like pulling the plug: what its guest has not written is lost, so this asks unless -Force is given.</summary>
    [Parameter]
    public SwitchParameter TurnOff { get; set; }

    /// <summary>Does not ask before a machine is turned off at once.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes the machines that were stopped.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private StopMode ChosenMode => TurnOff ? StopMode.TurnOff : Mode;

    private protected override bool IsAgreed(MachineInfo machine) => !LocalHost.IsRunning(machine)
        || (ChosenMode == StopMode.TurnOff
            ? ShouldLose(machine.Name, "Turn off", $"'{machine.Name}' loses what its guest has not written to its disks. Turn it off?", Force)
            : ShouldProcess(machine.Name, "Stop-VirtMachine"));

    private protected override void Work(MachineInfo machine)
    {
        if (LocalHost.IsRunning(machine))
        {
            Await(cancellation => VirtHost.StopAsync(machine, ChosenMode, Timeout ?? machine.Spec.Stop.Timeout, !NoTurnOff, cancellation));
        }

        if (PassThru)
        {
            WriteMachine(machine.Id);
        }
    }
}
