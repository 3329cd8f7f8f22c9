namespace AppLayer.Files;

/// <summary>Times of Unix as those of Windows, and back.</summary>
internal static class UnixTime
{
    private const long SecondsTo1970 = 11_644_473_600, TicksPerSecond = 10_000_000;
    private const long Latest = (long)(ulong.MaxValue / TicksPerSecond) - SecondsTo1970 - 1;

    /// <summary>The time in units of 100 ns; what is finer is cut off.</summary>
    /// <returns>False if Windows cannot count it.</returns>
    internal static bool TryFrom(long seconds, uint nanoseconds, out FileTime time)
    {
        var fits = seconds is >= -SecondsTo1970 and <= Latest;
        time = fits ? new(((ulong)(seconds + SecondsTo1970) * TicksPerSecond) + (nanoseconds / 100)) : default;
        return fits;
    }

    /// <summary>The time in seconds since 1970 and nanoseconds; 1970 itself where nothing is known.</summary>
    internal static (long Seconds, uint Nanoseconds) From(FileTime time) => time.Ticks == 0
        ? (0, 0)
        : ((long)(time.Ticks / TicksPerSecond) - SecondsTo1970, (uint)(time.Ticks % TicksPerSecond) * 100);
}
