using System.Management.Automation;
using VirtEngine.Control;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Removes virtual machines with everything that is kept of them.</summary>
/// <example><code>Remove-VirtMachine web01 -Confirm:$false</code>Removes a stopped machine.</example>
/// <example><code>Remove-VirtMachine lab* -Force</code>Turns machines off and removes them.</example>
[Cmdlet(VerbsCommon.Remove, "VirtMachine", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
public sealed class RemoveVirtMachineCommand : MachineCmdlet
{
    /// <summary>Turns running machines off first, and does not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Removes the machines.</summary>
    protected override void ProcessRecord() => ForEach(Chosen(), machine =>
    {
        if (!ShouldLose(machine.Name, "Remove-VirtMachine", $"'{machine.Name}' goes with everything that is kept of it. Remove it?", Force))
        {
            return;
        }

        if (Force && LocalHost.IsRunning(machine))
        {
            Await(cancellation => VirtHost.StopAsync(machine, StopMode.TurnOff, TimeSpan.Zero, thenTurnOff: true, cancellation));
        }

        VirtHost.Remove(machine.Id);
    });
}
