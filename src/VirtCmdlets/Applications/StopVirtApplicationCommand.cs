using System.Management.Automation;
using AppLayer.Applications;

namespace VirtCmdlets;

/// <summary>Stops virtual applications: asks all their programs to end, and kills those that do not in time.</summary>
/// <example><code>Stop-VirtApplication node-22</code>Asks the programs to end, and kills what is left after 10 seconds.</example>
/// <example><code>Stop-VirtApplication node-22 -Kill</code>Kills the programs at once.</example>
[Cmdlet(VerbsLifecycle.Stop, "VirtApplication", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(ApplicationInfo), typeof(Job))]
public sealed class StopVirtApplicationCommand : LongApplicationCmdlet
{
    /// <summary>How long the programs may take: seconds, or 30s, 5m. 10 seconds without it.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Fails after the time rather than killing what is left.</summary>
    [Parameter]
    public SwitchParameter NoKill { get; set; }

    /// <summary>Kills the programs at once.</summary>
    [Parameter]
    public SwitchParameter Kill { get; set; }

    /// <summary>Writes the applications that were stopped.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override bool IsAgreed(ApplicationInfo application) =>
        !LocalApplicationHost.IsRunning(application) || ShouldProcess(application.Name, "Stop-VirtApplication");

    private protected override void Work(ApplicationInfo application)
    {
        if (LocalApplicationHost.IsRunning(application))
        {
            Await(cancellation => Applications.StopAsync(application.Id, Kill ? TimeSpan.Zero : Timeout, Kill || !NoKill, cancellation));
        }

        if (PassThru)
        {
            WriteApplication(application.Id);
        }
    }
}
