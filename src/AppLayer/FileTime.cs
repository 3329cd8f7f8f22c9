namespace AppLayer;

/// <summary>A moment as Windows records it: 100 ns since 1601-01-01 UTC (MS-DTYP, 2.3.3 FILETIME).</summary>
/// <param name="Ticks">Units of 100 ns; 0 where nothing is known. Any value is kept, even one beyond the year 9999.</param>
public readonly record struct FileTime(ulong Ticks)
{
    private static readonly DateTime Epoch = new(1601, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>The moment as a UTC time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is before 1601.</exception>
    public static FileTime From(DateTime time) => new((ulong)(time.ToUniversalTime() - Epoch).Ticks);

    /// <summary>The time in UTC.</summary>
    /// <returns>False where nothing is known, and beyond the year 9999.</returns>
    public bool TryToDateTime(out DateTime time)
    {
        bool fits = Ticks is > 0 and <= long.MaxValue && (long)Ticks <= (DateTime.MaxValue - Epoch).Ticks;
        time = fits ? Epoch.AddTicks((long)Ticks) : default;
        return fits;
    }
}
