using AppLayer.Wine;

namespace VirtBenchmarks.Figures.Registry;

/// <summary>The same with its files written.</summary>
internal sealed class WineCompositionSavedFigure : WineCompositionFigure
{
    internal override string Name => "Wine registry of 100,000 values, composing and writing";

    internal override double? Goal => null;

    internal override string? Peer => null;

    private protected override void Finish(WinePrefixRegistry composed, DirectoryInfo directory) =>
        composed.Save(directory.CreateSubdirectory("composed").FullName);
}
