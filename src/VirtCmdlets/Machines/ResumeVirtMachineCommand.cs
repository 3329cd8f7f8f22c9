using System.Management.Automation;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Lets paused virtual machines go on.</summary>
/// <example><code>Get-VirtMachine | Where-Object State -eq Paused | Resume-VirtMachine</code>Lets all paused machines go on.</example>
[Cmdlet(VerbsLifecycle.Resume, "VirtMachine", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(MachineInfo))]
public sealed class ResumeVirtMachineCommand : MachineCmdlet
{
    /// <summary>Writes the machines.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Lets the machines go on.</summary>
    protected override void ProcessRecord() => ForEach(Chosen(), machine =>
    {
        if (ShouldProcess(machine.Name, "Resume-VirtMachine"))
        {
            WithConnection(machine, (connection, cancellation) => connection.ResumeAsync(cancellation));
            if (PassThru)
            {
                WriteMachine(machine.Id);
            }
        }
    });
}
