namespace VirtBenchmarks;

/// <summary>
/// Something that is measured: ours, and a peer's where there is one. A class that derives from it and has a constructor without
/// parameters is found by itself; it stands in a file of its own under <c>Figures/</c>.
/// </summary>
internal abstract class Figure : IDisposable
{
    /// <summary>What <c>bench</c> shows and filters by: words of the domain, as <c>xz decompression</c>.</summary>
    internal abstract string Name { get; }

    /// <summary>What a measurement's number counts: <c>ms</c>, <c>MB/s</c>.</summary>
    internal abstract string Unit { get; }

    /// <summary>Whether a larger number is better; times are smaller-is-better, rates are not.</summary>
    internal abstract bool LargerIsBetter { get; }

    /// <summary>The number to reach, in <see cref="Unit"/>; null if none was set.</summary>
    internal virtual double? Goal => null;

    /// <summary>How many times better than the peer to be at least; null if nothing of the kind was set. 0.5 allows twice the peer's time.</summary>
    internal virtual double? GoalRatio => null;

    /// <summary>Whom we are compared with, for the table; null if nobody does the same.</summary>
    internal virtual string? Peer => null;

    /// <summary>Makes what the measurements need. Not measured.</summary>
    /// <exception cref="FigureUnavailableException">It cannot be measured here.</exception>
    internal virtual void Prepare()
    {
    }

    /// <summary>Does our work once.</summary>
    /// <returns>The measurement, in <see cref="Unit"/>.</returns>
    internal abstract double MeasureOurs();

    /// <summary>Does the same work the peer's way once. Only called when <see cref="Peer"/> names one.</summary>
    /// <returns>The measurement, in <see cref="Unit"/>.</returns>
    internal virtual double MeasurePeer() => throw new NotSupportedException($"'{Name}' has no peer.");

    /// <summary>Removes what <see cref="Prepare"/> made.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
