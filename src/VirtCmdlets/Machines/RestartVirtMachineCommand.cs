using System.Management.Automation;
using VirtEngine.Control;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Stops virtual machines and starts them again, with changed specs taking effect.</summary>
/// <example><code>Restart-VirtMachine web01 -Wait Agent</code>Restarts a machine and waits until its guest agent answers.</example>
[Cmdlet(VerbsLifecycle.Restart, "VirtMachine", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(MachineInfo))]
public sealed class RestartVirtMachineCommand : MachineCmdlet
{
    /// <summary>Turns the machine off at once rather than asking the guest.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>What to wait for after the start: Boot, Agent, Address.</summary>
    [Parameter]
    public WaitCondition? Wait { get; set; }

    /// <summary>How long to wait: seconds, or 30s, 5m. 5 minutes without it.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Timeout { get; set; } = MachineWaiting.DefaultTimeout;

    /// <summary>Writes the machines.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Restarts the machines.</summary>
    protected override void ProcessRecord() => ForEach(Chosen(), machine =>
    {
        if (!ShouldProcess(machine.Name, "Restart-VirtMachine"))
        {
            return;
        }

        Await(async cancellation =>
        {
            if (LocalHost.IsRunning(machine))
            {
                var mode = Force ? StopMode.TurnOff : StopMode.ShutDown;
                await VirtHost.StopAsync(machine, mode, machine.Spec.Stop.Timeout, thenTurnOff: true, cancellation).ConfigureAwait(false);
            }

            await VirtHost.StartAsync(machine.Id, cancellation).ConfigureAwait(false);
        });
        if (Wait is { } condition)
        {
            MachineWaiting.Wait(this, machine, condition, null, Timeout);
        }

        if (PassThru)
        {
            WriteMachine(machine.Id);
        }
    });
}
