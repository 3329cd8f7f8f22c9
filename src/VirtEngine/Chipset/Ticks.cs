namespace VirtEngine.Chipset;

/// <summary>Converts between the machine clock's nanoseconds and the ticks of an oscillator, exactly and without overflow.</summary>
internal static class Ticks
{
    private const long Second = 1_000_000_000;

    /// <summary>Whole ticks that pass in <paramref name="nanoseconds"/> (not negative) at <paramref name="hertz"/> (at most 9 GHz).</summary>
    internal static long FromNanoseconds(long nanoseconds, long hertz)
    {
        var (seconds, rest) = Math.DivRem(nanoseconds, Second);
        return seconds * hertz + rest * hertz / Second;
    }

    /// <summary>The first nanosecond at which <paramref name="ticks"/> have passed.</summary>
    internal static long ToNanoseconds(long ticks, long hertz)
    {
        var (seconds, rest) = Math.DivRem(ticks, hertz);
        return seconds * Second + (rest * Second + hertz - 1) / hertz;
    }
}
