using VirtEngine.Balloons;

namespace VirtEngine.Measures;

/// <summary>A machine's memory at a moment, in bytes. What the guest tells of itself is missing where it tells nothing.</summary>
internal sealed record MemorySample
{
    /// <summary>Of the machine.</summary>
    public required long Configured { get; init; }

    /// <summary>The guest is asked to do without.</summary>
    public required long BalloonTarget { get; init; }

    /// <summary>The guest says that it does without.</summary>
    public required long Balloon { get; init; }

    /// <summary>Given back to the host since the start; the guest may have taken it again.</summary>
    public required long Returned { get; init; }

    /// <summary>The guest tells of memory that its system manages.</summary>
    public long? Total { get; init; }

    /// <summary>The guest tells of memory that holds nothing.</summary>
    public long? Free { get; init; }

    /// <summary>The guest tells of memory that programs could have without its swapping.</summary>
    public long? Available { get; init; }

    /// <summary>The guest tells of memory that holds files and could be freed.</summary>
    public long? DiskCaches { get; init; }

    /// <summary>The guest tells of what it read back from swap since its start.</summary>
    public long? SwappedIn { get; init; }

    /// <summary>The guest tells of what it wrote to swap since its start.</summary>
    public long? SwappedOut { get; init; }

    internal static MemorySample Of(long configured, BalloonControl balloon)
    {
        var told = balloon.Statistics;
        return new()
        {
            Configured = configured,
            BalloonTarget = BalloonControl.BytesOf(balloon.TargetPages),
            Balloon = BalloonControl.BytesOf(balloon.ActualPages),
            Returned = Number(balloon.ReturnedBytes),
            Total = Told(BalloonStatistic.TotalMemory),
            Free = Told(BalloonStatistic.FreeMemory),
            Available = Told(BalloonStatistic.AvailableMemory),
            DiskCaches = Told(BalloonStatistic.DiskCaches),
            SwappedIn = Told(BalloonStatistic.SwapIn),
            SwappedOut = Told(BalloonStatistic.SwapOut),
        };

        long? Told(BalloonStatistic what) => told.TryGetValue(what, out ulong value) ? Number(value) : null;
    }

    // A guest may tell anything.
    private static long Number(ulong value) => (long)Math.Min(value, long.MaxValue);
}
