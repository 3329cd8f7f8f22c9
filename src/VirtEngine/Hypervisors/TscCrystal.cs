namespace VirtEngine.Hypervisors;

/// <summary>CPUID 15H: the rate of the time-stamp counter as a fraction of its crystal's (Intel SDM vol. 2, CPUID).</summary>
internal static class TscCrystal
{
    internal const uint Leaf = 0x15;

    /// <summary>
    /// The leaf for any two rates. Linux takes the crystal for the local APIC timer's clock too, and multiplies its kHz with the numerator in 32
    /// bits (native_calibrate_tsc): so it is the nearest fraction whose numerator bears that. It is off by some parts in a million, as a crystal is.
    /// </summary>
    /// <param name="tscHz">The counter's rate in Hz.</param>
    /// <param name="crystalHz">The local APIC timer's in Hz, 1,000 to 4,294,967,295.</param>
    internal static CpuidLeaf Describe(long tscHz, long crystalHz)
    {
        long largest = uint.MaxValue / (crystalHz / 1000);
        double ratio = (double)tscHz / crystalHz, best = double.MaxValue;
        var leaf = new CpuidLeaf(Leaf, 0, 1, 1, (uint)crystalHz, 0);
        for (uint denominator = 1; denominator * ratio <= largest && denominator <= largest; denominator++)
        {
            double numerator = Math.Round(denominator * ratio), error = Math.Abs(numerator / denominator - ratio);
            if (error >= best) continue;
            best = error;
            leaf = leaf with { Eax = denominator, Ebx = (uint)numerator };
        }
        return leaf;
    }
}
