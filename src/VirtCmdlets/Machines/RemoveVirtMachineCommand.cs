using System.Management.Automation;
using VirtEngine.Control;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Removes virtual machines with everything that is kept of them.</summary>
/// <example><code>Remove-VirtMachine web01 -Confirm:$false</code>Removes a stopped machine.</example>
/// <example><code>Remove-VirtMachine lab* -Force -Confirm:$false</code>Turns machines off and removes them.</example>
[Cmdlet(VerbsCommon.Remove, "VirtMachine", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = ByName)]
public sealed class RemoveVirtMachineCommand : MachineCmdlet
{
    /// <summary>Turns running machines off first.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Removes the machines.</summary>
    protected override void ProcessRecord() => ForEach(Chosen(), machine =>
    {
        if (!ShouldProcess(machine.Name, "Remove-VirtMachine"))
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
