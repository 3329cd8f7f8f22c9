using System.Management.Automation;
using AppLayer.Applications;

namespace VirtCmdlets;

/// <summary>Removes virtual applications with their writable and data layers. Their layers stay in the store.</summary>
/// <example><code>Remove-VirtApplication node-22 -Force</code>Stops an application and removes it, without asking.</example>
[Cmdlet(VerbsCommon.Remove, "VirtApplication", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
public sealed class RemoveVirtApplicationCommand : ApplicationCmdlet
{
    /// <summary>Stops running applications first, and does not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Removes the applications.</summary>
    protected override void ProcessRecord() => ForEach(Chosen(), application =>
    {
        if (!ShouldLose(
            application.Name, "Remove-VirtApplication", $"'{application.Name}' goes with everything that it wrote. Remove it?", Force))
        {
            return;
        }

        if (Force && LocalApplicationHost.IsRunning(application))
        {
            Await(cancellation => Applications.StopAsync(application.Id, TimeSpan.Zero, thenKill: true, cancellation));
        }

        Applications.Remove(application.Id);
    });
}
