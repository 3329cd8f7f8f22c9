using System.Management.Automation;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Waits until virtual machines are as wanted.</summary>
/// <example><code>Wait-VirtMachine web01 -For Agent -Timeout 2m</code>Waits until the guest agent answers.</example>
/// <example><code>Wait-VirtMachine web01 -For Text -Text 'login:' -PassThru</code>Waits for a text on the console and shows the machine.</example>
[Cmdlet(VerbsLifecycle.Wait, "VirtMachine", DefaultParameterSetName = ByName)]
[OutputType(typeof(MachineInfo))]
public sealed class WaitVirtMachineCommand : MachineCmdlet
{
    /// <summary>What to wait for: Boot (first console output), Agent, Address, Text, or Stopped.</summary>
    [Parameter]
    public WaitCondition For { get; set; } = WaitCondition.Agent;

    /// <summary>The text on the console to wait for.</summary>
    [Parameter]
    public string? Text { get; set; }

    /// <summary>How long to wait: seconds, or 30s, 5m. 5 minutes without it.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Timeout { get; set; } = MachineWaiting.DefaultTimeout;

    /// <summary>Writes the machines that came to it.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Waits.</summary>
    protected override void ProcessRecord() => ForEach(Chosen(), machine =>
    {
        MachineWaiting.Wait(this, machine, Text is null ? For : WaitCondition.Text, Text, Timeout);
        if (PassThru)
        {
            WriteMachine(machine.Id);
        }
    });
}
