using System.Management.Automation;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Starts virtual machines, each in a process of its own that outlives the shell.</summary>
/// <example><code>Start-VirtMachine web01 -Wait Agent -PassThru</code>Starts a machine, waits until its guest agent answers, and shows it.</example>
/// <example><code>Start-VirtMachine lab* -Wait Agent -AsJob | Wait-Job | Receive-Job</code>Starts machines in a job, and shows what became of it.</example>
/// <example><code>Get-VirtMachine lab* | Start-VirtMachine</code>Starts machines out of the pipeline.</example>
[Cmdlet(VerbsLifecycle.Start, "VirtMachine", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(MachineInfo), typeof(Job))]
public sealed class StartVirtMachineCommand : WaitingCmdlet
{
    /// <summary>What to wait for: Boot, Agent, Address, or Text with -Text.</summary>
    [Parameter]
    public WaitCondition? Wait { get; set; }

    private protected override WaitCondition? Wanted => Wait;

    private protected override bool IsAgreed(MachineInfo machine) => ShouldProcess(machine.Name, "Start-VirtMachine");

    private protected override void Work(MachineInfo machine)
    {
        Await(cancellation => VirtHost.StartAsync(machine.Id, cancellation));
        Finish(machine);
    }
}
