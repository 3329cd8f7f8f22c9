using System.Management.Automation;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Starts virtual switches, each in a process of its own that outlives the shell. Machines that wait for it get their link.</summary>
/// <example><code>Start-VirtSwitch lab -PassThru</code>Starts a switch and shows it.</example>
[Cmdlet(VerbsLifecycle.Start, "VirtSwitch", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(SwitchInfo))]
public sealed class StartVirtSwitchCommand : SwitchCmdlet
{
    /// <summary>Writes the switches that were started.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Starts the switches.</summary>
    protected override void ProcessRecord() => ForEach(Chosen(), one =>
    {
        if (!ShouldProcess(one.Name, "Start-VirtSwitch"))
        {
            return;
        }

        Await(cancellation => Switches.StartAsync(one.Id, cancellation));
        if (PassThru)
        {
            WriteSwitch(one.Id);
        }
    });
}
