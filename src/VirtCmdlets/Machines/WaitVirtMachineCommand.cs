using System.Management.Automation;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Waits until virtual machines are as wanted.</summary>
/// <example><code>Wait-VirtMachine web01 -For Agent -Timeout 2m</code>Waits until the guest agent answers.</example>
/// <example><code>Wait-VirtMachine web01 -For Text -Text 'login:' -PassThru</code>Waits for a text on the console and shows the machine.</example>
[Cmdlet(VerbsLifecycle.Wait, "VirtMachine", DefaultParameterSetName = ByName)]
[OutputType(typeof(MachineInfo), typeof(Job))]
public sealed class WaitVirtMachineCommand : WaitingCmdlet
{
    /// <summary>What to wait for: Boot (first console output), Agent (without it), Address, Text, or Stopped.</summary>
    [Parameter]
    public WaitCondition? For { get; set; }

    private protected override WaitCondition? Wanted => For ?? (Text is null ? WaitCondition.Agent : null);

    private protected override bool IsAgreed(MachineInfo machine) => true;

    private protected override void Work(MachineInfo machine) => Finish(machine);
}
