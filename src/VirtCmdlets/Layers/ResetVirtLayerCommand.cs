using System.Management.Automation;

namespace VirtCmdlets;

/// <summary>
/// Resets the writable layers of virtual applications: what the applications wrote is thrown away, in milliseconds at any size. Places that
/// pass through to the system, documents among them, and data layers stay as they are.
/// </summary>
/// <example><code>Reset-VirtLayer node-22 -Force</code>Throws away what an application wrote, without asking.</example>
[Cmdlet(VerbsCommon.Reset, "VirtLayer", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(ApplicationInfo))]
public sealed class ResetVirtLayerCommand : ApplicationCmdlet
{
    private readonly List<ApplicationInfo> _reset = [];

    /// <summary>Does not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes the applications.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Resets them.</summary>
    protected override void ProcessRecord() => ForEach(Chosen(), application =>
    {
        if (ShouldLose(application.Name, "Reset-VirtLayer", $"What '{application.Name}' wrote is lost. Reset it?", Force))
        {
            Applications.Reset(application.Id);
            _reset.Add(application);
            if (PassThru)
            {
                WriteApplication(application.Id);
            }
        }
    });

    /// <summary>Frees the room of what was thrown away; Ctrl+C leaves that to the next start.</summary>
    protected override void EndProcessing()
    {
        ForEach(_reset, application => Await(cancellation => Applications.SweepAsync(application.Id, cancellation)));
        base.EndProcessing();
    }
}
