using System.Globalization;

namespace VirtEngine.Measures;

/// <summary>Something that is counted.</summary>
/// <param name="Total">So far.</param>
/// <param name="PerSecond">In a second of the interval that was measured, on average.</param>
public readonly record struct MeasuredCount(long Total, double PerSecond)
{
    /// <summary>Both, for people.</summary>
    /// <returns>Such as <c>1200 (35.5/s)</c>.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Total} ({PerSecond:0.#}/s)");

    /// <summary>What was counted between two moments. Counters that began anew in between count from there.</summary>
    internal static MeasuredCount Of(long before, long after, TimeSpan interval) =>
        new(after, (after < before ? after : after - before) / interval.TotalSeconds);
}
