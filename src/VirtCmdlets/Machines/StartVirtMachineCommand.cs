using System.Management.Automation;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Starts virtual machines, each in a process of its own that outlives the shell.</summary>
/// <example><code>Start-VirtMachine web01 -Wait Agent -PassThru</code>Starts a machine, waits until its guest agent answers, and shows it.</example>
/// <example><code>Get-VirtMachine lab* | Start-VirtMachine</code>Starts machines out of the pipeline.</example>
[Cmdlet(VerbsLifecycle.Start, "VirtMachine", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(MachineInfo))]
public sealed class StartVirtMachineCommand : MachineCmdlet
{
    /// <summary>What to wait for: Boot, Agent, Address, or Text with -Text.</summary>
    [Parameter]
    public WaitCondition? Wait { get; set; }

    /// <summary>The text on the console to wait for.</summary>
    [Parameter]
    public string? Text { get; set; }

    /// <summary>How long to wait: seconds, or 30s, 5m. 5 minutes without it.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Timeout { get; set; } = MachineWaiting.DefaultTimeout;

    /// <summary>Writes the machines that were started.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Starts the machines.</summary>
    protected override void ProcessRecord() => ForEach(Chosen(), machine =>
    {
        if (!ShouldProcess(machine.Name, "Start-VirtMachine"))
        {
            return;
        }

        Await(cancellation => VirtHost.StartAsync(machine.Id, cancellation));
        if ((Wait ?? (Text is null ? null : WaitCondition.Text)) is { } condition)
        {
            MachineWaiting.Wait(this, machine, condition, Text, Timeout);
        }

        if (PassThru)
        {
            WriteMachine(machine.Id);
        }
    });
}
