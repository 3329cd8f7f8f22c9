using System.Management.Automation;
using VirtFoundation;

namespace VirtCmdlets;

/// <summary>Waits until all programs of virtual applications have ended.</summary>
/// <example><code>Get-VirtApplication node* | Wait-VirtApplication -Timeout 1m -PassThru</code>Waits for several applications, a minute for each, and shows them.</example>
[Cmdlet(VerbsLifecycle.Wait, "VirtApplication", DefaultParameterSetName = ByName)]
[OutputType(typeof(ApplicationInfo), typeof(Job))]
public sealed class WaitVirtApplicationCommand : LongApplicationCmdlet
{
    /// <summary>How long to wait for each application: seconds, or 30s, 5m. Without it, as long as it takes.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Timeout { get; set; }

    /// <summary>Writes the applications.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override bool IsAgreed(ApplicationInfo application) => true;

    private protected override void Work(ApplicationInfo application)
    {
        var ended = WithLimit(cancellation => Applications.WaitForEndAsync(application.Id, cancellation), Timeout, () => new(
            VirtErrorCode.ApplicationWaitTimeout, $"The programs of '{application.Name}' had not ended within {Timeout?.TotalSeconds:0.#} s."));
        if (PassThru)
        {
            WriteObject(ended);
        }
    }
}
