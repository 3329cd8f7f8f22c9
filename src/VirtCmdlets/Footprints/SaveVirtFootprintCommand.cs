using System.Management.Automation;
using AppLayer.Footprint;
using VirtFoundation;

namespace VirtCmdlets;

/// <summary>
/// Takes a snapshot of what stands at places of this computer: names, content, attributes and times of files, and a Wine prefix's registry.
/// Compare-VirtFootprint says what is not as it was.
/// </summary>
/// <example><code>Save-VirtFootprint ./before.footprint -Place /etc, /usr</code>Takes a snapshot of two directories.</example>
/// <example><code>Save-VirtFootprint ./before.footprint -Place ~/.wine -Prefix</code>Takes a snapshot of a Wine prefix with its registry.</example>
[Cmdlet(VerbsData.Save, "VirtFootprint", SupportsShouldProcess = true)]
[OutputType(typeof(FootprintSnapshot), typeof(Job))]
public sealed class SaveVirtFootprintCommand : LongCmdlet
{
    /// <summary>The file to write.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The directories to look at.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string[] Place { get; set; } = [];

    /// <summary>Directories and files in them that are left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Exclude { get; set; } = [];

    /// <summary>The places are Wine prefixes, whose registry is looked at too.</summary>
    [Parameter]
    public SwitchParameter Prefix { get; set; }

    /// <summary>Replaces the file if it is there already.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Takes the snapshot.</summary>
    protected override void ProcessRecord() => Try(
        () =>
        {
            var file = FullPath(Path);
            if (File.Exists(file) && !Force)
            {
                throw new VirtException(VirtErrorCode.FileExists, $"'{file}' exists already.");
            }

            if (!ShouldProcess(file, "Save-VirtFootprint"))
            {
                return;
            }

            string[] excluded = [.. Exclude.Select(FullPath)];
            FootprintPlace[] places = [.. Place.Select(place => new FootprintPlace(FullPath(place)) { Excluded = excluded, IsWinePrefix = Prefix })];
            NowOrInJob(places, (cmdlet, places) => cmdlet.WriteObject(cmdlet.WithProgress(
                $"Taking a snapshot into {file}", ProgressWords.Footprint,
                (progress, cancellation) => FootprintSnapshot.TakeAsync(places, file, progress, cancellation))));
        },
        Path);
}
