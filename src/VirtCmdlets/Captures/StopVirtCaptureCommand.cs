using System.Management.Automation;
using AppLayer.Capture;
using AppLayer.Store;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>
/// Stops a capture, and makes a layer of what changed since its start. After a failure the capture is as it was, and can be stopped again.
/// What was installed stays where it is.
/// </summary>
/// <example><code>Stop-VirtCapture editor -LayerName editor -Version 2.1</code>Makes a layer of what was installed.</example>
[Cmdlet(VerbsLifecycle.Stop, "VirtCapture", SupportsShouldProcess = true)]
[OutputType(typeof(CaptureResult), typeof(Job))]
public sealed class StopVirtCaptureCommand : LayerMakingCmdlet
{
    /// <summary>The capture.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CaptureNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>The layer's name; the capture's without it.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? LayerName { get; set; }

    /// <summary>The layer's version.</summary>
    [Parameter(Position = 2)]
    [ValidateNotNullOrEmpty]
    public string Version { get; set; } = LayerVersion.Default;

    /// <summary>Makes the layer.</summary>
    protected override void ProcessRecord() => Try(
        () =>
        {
            var capture = Captures.Find(Name);
            var identity = new LayerIdentity(LayerName ?? capture.Name, Version, capture.Platform);
            if (ShouldProcess($"{identity.Name}@{identity.Version}", "Stop-VirtCapture"))
            {
                NowOrInJob(capture, (cmdlet, capture) => ((StopVirtCaptureCommand)cmdlet).Write(cmdlet.WithProgress(
                    $"Capturing {identity.Name}@{identity.Version}",
                    ProgressWords.Capture, (progress, cancellation) => cmdlet.Captures.StopAsync(capture.Id, identity, Rules, progress, cancellation))));
            }
        },
        Name);
}
