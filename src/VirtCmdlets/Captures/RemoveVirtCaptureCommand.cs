using System.Management.Automation;

namespace VirtCmdlets;

/// <summary>Gives captures up. What was installed since their start stays where it is.</summary>
/// <example><code>Remove-VirtCapture editor -Confirm:$false</code>Gives a capture up without asking.</example>
[Cmdlet(VerbsCommon.Remove, "VirtCapture", SupportsShouldProcess = true)]
public sealed class RemoveVirtCaptureCommand : VirtCmdlet
{
    /// <summary>Names of captures; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CaptureNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>Removes the captures.</summary>
    protected override void ProcessRecord() => ForEach(Name.SelectMany(name => Find(Kinds.Capture, name)), capture =>
    {
        if (ShouldAct(capture.Name, "Remove-VirtCapture"))
        {
            Captures.Remove(capture.Id);
        }
    });
}
