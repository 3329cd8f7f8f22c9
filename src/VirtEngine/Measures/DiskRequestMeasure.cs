using VirtEngine.Disks;

namespace VirtEngine.Measures;

/// <summary>What is asked of a disk by requests of one kind, from the machine's start on.</summary>
public sealed record DiskRequestMeasure
{
    /// <summary>Requests that are done.</summary>
    public required MeasuredCount Requests { get; init; }

    /// <summary>Bytes that they were about; none for flushes.</summary>
    public required MeasuredCount Bytes { get; init; }

    /// <summary>Those that failed.</summary>
    public required long Failures { get; init; }

    /// <summary>How long one took in the interval, on average; null if there was none.</summary>
    public TimeSpan? AverageTime { get; init; }

    /// <summary>How long the longest took since the machine's start.</summary>
    public required TimeSpan LongestTime { get; init; }

    /// <summary>Requests, for people.</summary>
    public override string ToString() => Requests.ToString();

    internal static DiskRequestMeasure Of(DiskCounters before, DiskCounters after, TimeSpan interval) => new()
    {
        Requests = MeasuredCount.Of(before.Requests, after.Requests, interval),
        Bytes = MeasuredCount.Of(before.Bytes, after.Bytes, interval),
        Failures = after.Failures,
        AverageTime = after.Requests > before.Requests ? (after.Time - before.Time) / (after.Requests - before.Requests) : null,
        LongestTime = after.Longest,
    };
}
