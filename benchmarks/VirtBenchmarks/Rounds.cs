namespace VirtBenchmarks;

/// <summary>Measures figures in interleaved rounds: each round does every side of every figure once, so that a slow minute hits all alike.</summary>
internal static class Rounds
{
    /// <summary>Measures.</summary>
    /// <param name="figures">Figures that are prepared.</param>
    /// <param name="count">How many rounds count; one more goes before, to warm up.</param>
    internal static List<Measurement> Run(IReadOnlyList<Figure> figures, int count)
    {
        var ours = figures.ToDictionary(figure => figure, _ => new List<double>(count));
        var peers = figures.ToDictionary(figure => figure, _ => new List<double>(count));
        for (var round = 0; round <= count; round++)
        {
            foreach (var figure in figures)
            {
                // Who comes first alternates, as the second may find caches warm or a clock throttled.
                double mine = 0, theirs = 0;
                if (round % 2 == 0) mine = figure.MeasureOurs();
                if (figure.Peer is not null) theirs = figure.MeasurePeer();
                if (round % 2 != 0) mine = figure.MeasureOurs();
                if (round == 0) continue;
                ours[figure].Add(mine);
                peers[figure].Add(theirs);
            }
        }

        return [.. figures.Select(figure => new Measurement(figure, new(ours[figure]), figure.Peer is null ? null : new(peers[figure])))];
    }
}
