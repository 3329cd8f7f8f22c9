namespace VirtBenchmarks;

/// <summary>The measurements of one side, or the ratios of two, one per round.</summary>
internal sealed record Series(IReadOnlyList<double> Values)
{
    internal double Median => Quantile(0.5);

    /// <summary>Half the distance between the quartiles, as a part of the median: half of all rounds lie about that close to it.</summary>
    internal double Spread => Quantile(0.75) - Quantile(0.25) is var distance and > 0 ? distance / 2 / Math.Abs(Median) : 0;

    internal double Minimum => Values.Min();

    internal double Maximum => Values.Max();

    // Between the two nearest values, in proportion.
    private double Quantile(double part)
    {
        var sorted = Values.Order().ToArray();
        var place = part * (sorted.Length - 1);
        var below = sorted[(int)place];
        return below + ((place - (int)place) * (sorted[Math.Min((int)place + 1, sorted.Length - 1)] - below));
    }
}
