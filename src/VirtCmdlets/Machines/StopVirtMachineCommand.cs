using System.Management.Automation;
using VirtEngine.Control;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Shuts virtual machines down, and turns them off if they do not heed it.</summary>
/// <example><code>Stop-VirtMachine web01</code>Asks the guest to shut down, by its agent or the power button, and turns the machine off after the time in its spec.</example>
/// <example><code>Stop-VirtMachine web01 -Force</code>Turns a machine off at once, like pulling the plug.</example>
[Cmdlet(VerbsLifecycle.Stop, "VirtMachine", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(MachineInfo))]
public sealed class StopVirtMachineCommand : MachineCmdlet
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

    /// <summary>Turns the machine off at once, like pulling the plug.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes the machines that were stopped.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Stops the machines.</summary>
    protected override void ProcessRecord() => ForEach(Chosen(), machine =>
    {
        if (LocalHost.IsRunning(machine) && ShouldProcess(machine.Name, Force ? "Turn off" : "Stop-VirtMachine"))
        {
            Await(cancellation => VirtHost.StopAsync(
                machine, Force ? StopMode.TurnOff : Mode, Timeout ?? machine.Spec.Stop.Timeout, !NoTurnOff, cancellation));
        }

        if (PassThru)
        {
            WriteMachine(machine.Id);
        }
    });
}
