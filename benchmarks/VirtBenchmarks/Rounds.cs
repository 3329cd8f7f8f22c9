namespace VirtBenchmarks;

/// <summary>Measures figures in interleaved rounds: each round does every side of every figure once, so that a slow minute hits all alike.</summary>
internal static class Rounds
{
    /// <summary>Measures.</summary>
    /// <param name="figures">Figures that are prepared.</param>
    /// <param name="count">How many rounds count; one more goes before, to warm up.</param>
    /// <param name="onFailed">Told of a figure that failed; it takes no further part.</param>
    /// <param name="settle">Done before each figure, so that what others left behind is not its time.</param>
    internal static List<Measurement> Run(IReadOnlyList<Figure> figures, int count, Action<Figure, Exception> onFailed, Action? settle = null)
    {
        var failed = new HashSet<Figure>();
        var ours = figures.ToDictionary(figure => figure, _ => new List<double>(count));
        var peers = figures.ToDictionary(figure => figure, _ => new List<double>(count));
        for (var round = 0; round <= count; round++)
        {
            foreach (var figure in figures.Where(figure => !failed.Contains(figure)))
            {
                try
                {
                    settle?.Invoke();
                    var (mine, theirs) = Measure(figure, oursFirst: round % 2 == 0);
                    if (round == 0) continue;
                    ours[figure].Add(mine);
                    peers[figure].Add(theirs);
                }
#pragma warning disable CA1031 // Whatever it is, it is this figure's failure, is told, and must not cost the others' rounds.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    failed.Add(figure);
                    onFailed(figure, e);
                }
            }
        }

        return [.. figures.Where(figure => !failed.Contains(figure)).Select(figure => new Measurement(figure, new(ours[figure]), figure.Peer is null ? null : new(peers[figure])))];
    }

    // Who comes first alternates, as the second may find caches warm or a clock throttled.
    private static (double Ours, double Peer) Measure(Figure figure, bool oursFirst)
    {
        if (figure.Peer is null) return (figure.MeasureOurs(), 0);
        if (oursFirst) return (figure.MeasureOurs(), figure.MeasurePeer());
        var peer = figure.MeasurePeer();
        return (figure.MeasureOurs(), peer);
    }
}
