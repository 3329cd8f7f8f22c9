using AppLayer.Store;

namespace VirtBenchmarks.Figures.Store;

/// <summary>Committing a tree of 600 MiB in 5,000 files again, as another version, when nothing in it changed.</summary>
internal sealed class LayerRecommitFigure : Figure
{
    private LayerFiles? _files;
    private LayerStore? _store;
    private int _version;

    internal override string Name => "layer commit, 600 MiB unchanged";

    internal override string Unit => "s";

    internal override bool LargerIsBetter => false;

    internal override double? Goal => 0.5;

    internal override void Prepare()
    {
        _files = new();
        _store = _files.NewStore();
        Thread.Sleep(StatCache.Margin + TimeSpan.FromSeconds(1));
        _files.Commit(_store, "0");
    }

    internal override double MeasureOurs()
    {
        Work.Run("sync");
        return Work.Seconds(() => _files!.Commit(_store!, $"{++_version}"));
    }

    public override void Dispose()
    {
        _files?.Dispose();
        base.Dispose();
    }
}
