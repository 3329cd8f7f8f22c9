using System.Management.Automation;
using AppLayer.Capture;

namespace VirtCmdlets;

/// <summary>Gets the captures that were started and not stopped yet.</summary>
/// <example><code>Get-VirtCapture</code>Lists all captures.</example>
[Cmdlet(VerbsCommon.Get, "VirtCapture")]
[OutputType(typeof(CaptureInfo))]
public sealed class GetVirtCaptureCommand : VirtCmdlet
{
    /// <summary>Names of captures, all without it; wildcards are allowed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CaptureNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Writes the captures.</summary>
    protected override void ProcessRecord() => ForEach(Name.SelectMany(name => Find(Kinds.Capture, name)), WriteObject);
}
