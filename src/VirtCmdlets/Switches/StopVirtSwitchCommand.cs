using System.Management.Automation;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Stops virtual switches. Machines that are plugged in go on without a link, and get it back when the switch starts again.</summary>
/// <example><code>Stop-VirtSwitch lab</code>Stops a switch.</example>
[Cmdlet(VerbsLifecycle.Stop, "VirtSwitch", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(SwitchInfo))]
public sealed class StopVirtSwitchCommand : SwitchCmdlet
{
    /// <summary>Writes the switches that were stopped.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Stops the switches.</summary>
    protected override void ProcessRecord() => ForEach(Chosen(), one =>
    {
        if (one.State == SwitchState.Running)
        {
            if (!ShouldProcess(one.Name, "Stop-VirtSwitch"))
            {
                return;
            }

            Await(cancellation => Switches.StopAsync(one.Id, cancellation));
        }

        if (PassThru)
        {
            WriteSwitch(one.Id);
        }
    });
}
