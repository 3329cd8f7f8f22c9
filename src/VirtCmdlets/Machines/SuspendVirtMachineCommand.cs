using System.Management.Automation;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Holds virtual machines still: their processors and their time stand, their memory stays.</summary>
/// <example><code>Suspend-VirtMachine web01 -PassThru</code>Pauses a machine and shows it.</example>
[Cmdlet(VerbsLifecycle.Suspend, "VirtMachine", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(MachineInfo))]
public sealed class SuspendVirtMachineCommand : MachineCmdlet
{
    /// <summary>Writes the machines.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Pauses the machines.</summary>
    protected override void ProcessRecord() => ForEach(Chosen(), machine =>
    {
        if (ShouldProcess(machine.Name, "Suspend-VirtMachine"))
        {
            WithConnection(machine, (connection, cancellation) => connection.PauseAsync(cancellation));
            if (PassThru)
            {
                WriteMachine(machine.Id);
            }
        }
    });
}
