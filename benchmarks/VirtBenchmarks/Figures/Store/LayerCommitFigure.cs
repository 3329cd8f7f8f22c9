namespace VirtBenchmarks.Figures.Store;

/// <summary>
/// Committing a tree of 600 MiB in 5,000 files to an empty store, on the disk when it ends; the peer copies it and computes the same digests, and
/// does not wait for the disk.
/// </summary>
internal sealed class LayerCommitFigure : Figure
{
    private LayerFiles? _files;

    internal override string Name => "layer commit, 600 MiB in 5,000 files";

    internal override string Unit => "s";

    internal override bool LargerIsBetter => false;

    internal override double? GoalRatio => 1 / 1.3;

    internal override string Peer => "cp -a and sha256sum";

    internal override void Prepare() => _files = new();

    internal override double MeasureOurs()
    {
        _files!.Clean();
        var store = _files.NewStore();
        return Work.Seconds(() => _files.Commit(store, "1"));
    }

    internal override double MeasurePeer()
    {
        _files!.Clean();
        return Work.Seconds(() =>
        {
            Work.Run("cp", "-a", _files.Source, _files["copy"]);
            Work.Run("find", _files["copy"], "-type", "f", "-exec", "sha256sum", "{}", "+");
        });
    }

    public override void Dispose()
    {
        _files?.Dispose();
        base.Dispose();
    }
}
