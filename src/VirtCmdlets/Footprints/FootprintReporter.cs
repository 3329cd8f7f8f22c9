using AppLayer.Footprint;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>The progress of a snapshot or comparison in the words that a progress bar shows.</summary>
internal sealed class FootprintReporter(IProgress<SpecProgress> progress) : IProgress<FootprintProgress>
{
    public void Report(FootprintProgress value) => progress.Report(new($"{value.Place}: {value.Entries} entries"));
}
