using System.Management.Automation;
using AppLayer.Capture;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>
/// Starts a capture around whatever is done by hand: notes what stands at some places, so that Stop-VirtCapture can make a layer of what
/// changed. A capture outlives shells and restarts of the computer.
/// </summary>
/// <example><code>Start-VirtCapture editor -Platform Linux -Place /opt</code>Begins to watch a directory.</example>
/// <example><code>Start-VirtCapture editor -Platform Windows -Root ~/.wine</code>Begins to watch a Wine prefix, its registry too.</example>
[Cmdlet(VerbsLifecycle.Start, "VirtCapture", SupportsShouldProcess = true)]
[OutputType(typeof(CaptureInfo), typeof(Job))]
public sealed class StartVirtCaptureCommand : LongCmdlet
{
    /// <summary>The capture's name.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>The system whose programs will be installed.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public LayerPlatform Platform { get; set; }

    /// <summary>The directory that all lies under: for Windows programs on Linux the Wine prefix; else the root directory or system drive without it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Root { get; set; }

    /// <summary>Directories to watch, below the root; the usual ones without it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Place { get; set; } = [];

    /// <summary>Directories and files in them that are left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Exclude { get; set; } = [];

    /// <summary>Reads every file, rather than trusting sizes and times where those are decisive.</summary>
    [Parameter]
    public SwitchParameter Digest { get; set; }

    /// <summary>Starts the capture.</summary>
    protected override void ProcessRecord()
    {
        if (!ShouldProcess(Name, "Start-VirtCapture"))
        {
            return;
        }

        var start = new CaptureStart
        {
            Name = Name,
            Platform = Platform,
            Root = Root is null ? null : FullPath(Root),
            Places = [.. Place.Select(FullPath)],
            Excluded = [.. Exclude.Select(FullPath)],
            Digests = Digest,
        };
        foreach (var place in start.Places.Where(place => !System.IO.Path.Exists(place)))
        {
            WriteWarning($"'{place}' is not there yet.");
        }

        Try(
            () => NowOrInJob(start, static (cmdlet, start) => cmdlet.WriteObject(cmdlet.WithProgress(
                $"Starting the capture {start.Name}", ProgressWords.Capture,
                (progress, cancellation) => cmdlet.Captures.StartAsync(start, progress, cancellation)))),
            Name);
    }
}
