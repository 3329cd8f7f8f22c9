using System.Management.Automation;
using AppLayer.Footprint;
using VirtFoundation;

namespace VirtCmdlets;

/// <summary>Compares two snapshots of Save-VirtFootprint: everything that is not as it was. Nothing means that nothing is left.</summary>
/// <example><code>Compare-VirtFootprint ./before.footprint ./after.footprint</code>Shows what is not as it was.</example>
/// <example><code>Compare-VirtFootprint ./before.footprint ./after.footprint -Control (Compare-VirtFootprint ./idle1.footprint ./idle2.footprint)</code>Leaves out what a run without any layer changes by itself.</example>
[Cmdlet(VerbsData.Compare, "VirtFootprint")]
[OutputType(typeof(FootprintChange), typeof(Job))]
public sealed class CompareVirtFootprintCommand : LongCmdlet
{
    /// <summary>The earlier snapshot's file.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Before { get; set; } = "";

    /// <summary>The later snapshot's file.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string After { get; set; } = "";

    /// <summary>Changes that happen by themselves, as a comparison around a run without any layer gives them. They are left out.</summary>
    [Parameter]
    [AllowNull]
    [AllowEmptyCollection]
    public FootprintChange[]? Control { get; set; }

    /// <summary>Compares.</summary>
    protected override void ProcessRecord()
    {
        var (before, after, control) = (FullPath(Before), FullPath(After), Control ?? []);
        Try(
            () => NowOrInJob(after, (cmdlet, target) => cmdlet.WriteObject(
                cmdlet.WithProgress(
                    "Comparing footprints", ProgressWords.Footprint,
                    (progress, cancellation) => CompareAsync(before, target, control, progress, cancellation)),
                enumerateCollection: true)),
            After);
    }

    private static async Task<IReadOnlyList<FootprintChange>> CompareAsync(
        string before, string after, FootprintChange[] control, IProgress<FootprintProgress> progress, CancellationToken cancellation)
    {
        var old = await OpenAsync(before, cancellation).ConfigureAwait(false);
        var current = await OpenAsync(after, cancellation).ConfigureAwait(false);
        var changes = await FootprintComparison.CompareAsync(old, current, progress, cancellation).ConfigureAwait(false);
        return FootprintComparison.Subtract(changes, control);
    }

    private static async Task<FootprintSnapshot> OpenAsync(string file, CancellationToken cancellation)
    {
        try
        {
            return await FootprintSnapshot.OpenAsync(file, cancellation).ConfigureAwait(false);
        }
        catch (FootprintException e)
        {
            throw new VirtException(VirtErrorCode.FileInvalid, $"'{file}': {e.Message}", e);
        }
    }
}
