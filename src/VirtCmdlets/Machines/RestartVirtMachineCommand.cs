using System.Management.Automation;
using VirtEngine.Control;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Stops virtual machines and starts them again, with changed specs taking effect.</summary>
/// <example><code>Restart-VirtMachine web01 -Wait Agent</code>Restarts a machine and waits until its guest agent answers.</example>
[Cmdlet(VerbsLifecycle.Restart, "VirtMachine", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(MachineInfo), typeof(Job))]
public sealed class RestartVirtMachineCommand : WaitingCmdlet
{
    /// <summary>Turns the machine off at once rather than asking the guest: what it has not written is lost, so this asks unless -Force is given.</summary>
    [Parameter]
    public SwitchParameter TurnOff { get; set; }

    /// <summary>Does not ask before a machine is turned off.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>What to wait for after the start: Boot, Agent, Address, or Text with -Text.</summary>
    [Parameter]
    public WaitCondition? Wait { get; set; }

    private protected override WaitCondition? Wanted => Wait;

    private protected override bool IsAgreed(MachineInfo machine) => TurnOff && LocalHost.IsRunning(machine)
        ? ShouldLose(machine.Name, "Turn off and start", $"'{machine.Name}' loses what its guest has not written to its disks. Turn it off?", Force)
        : ShouldProcess(machine.Name, "Restart-VirtMachine");

    private protected override void Work(MachineInfo machine)
    {
        Await(async cancellation =>
        {
            if (LocalHost.IsRunning(machine))
            {
                var mode = TurnOff ? StopMode.TurnOff : StopMode.ShutDown;
                await VirtHost.StopAsync(machine, mode, machine.Spec.Stop.Timeout, thenTurnOff: true, cancellation).ConfigureAwait(false);
            }

            await VirtHost.StartAsync(machine.Id, cancellation).ConfigureAwait(false);
        });
        Finish(machine);
    }
}
