using System.Management.Automation;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Removes virtual switches. Machines that name them cannot be started before there is one of the name again.</summary>
/// <example><code>Remove-VirtSwitch lab -Force</code>Stops a switch and removes it, without asking.</example>
[Cmdlet(VerbsCommon.Remove, "VirtSwitch", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
public sealed class RemoveVirtSwitchCommand : SwitchCmdlet
{
    /// <summary>Stops running switches first, and does not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Removes the switches.</summary>
    protected override void ProcessRecord() => ForEach(Chosen(), one =>
    {
        if (!ShouldLose(one.Name, "Remove-VirtSwitch", $"Machines that name '{one.Name}' cannot be started without it. Remove it?", Force))
        {
            return;
        }

        if (Force && one.State == SwitchState.Running)
        {
            Await(cancellation => Switches.StopAsync(one.Id, cancellation));
        }

        Switches.Remove(one.Id);
    });
}
