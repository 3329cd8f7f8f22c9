namespace VirtEngine.Tests.Software.Native;

/// <summary>Splitmix64: a case's seed gives the same case everywhere.</summary>
internal struct CaseRandom(ulong seed)
{
    private ulong _state = seed;

    internal ulong Next()
    {
        ulong z = _state += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ z >> 30) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ z >> 27) * 0x94D0_49BB_1331_11EB;
        return z ^ z >> 31;
    }

    /// <summary>0 … <paramref name="limit"/> − 1.</summary>
    internal int Below(int limit) => (int)((Next() >> 32) * (ulong)limit >> 32);

    /// <summary>True once in <paramref name="times"/>.</summary>
    internal bool OneIn(int times) => Below(times) == 0;

    internal T Pick<T>(ReadOnlySpan<T> values) => values[Below(values.Length)];
}
