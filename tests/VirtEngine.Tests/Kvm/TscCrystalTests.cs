using VirtEngine.Hypervisors;

namespace VirtEngine.Tests.Kvm;

/// <summary>The rate of the time-stamp counter as Linux reads it.</summary>
public sealed class TscCrystalTests
{
    [Theory]
    [InlineData(2_299_977_000, 1_000_000_000, 11)]
    [InlineData(2_400_000_000, 1_000_000_000, 0)]
    [InlineData(2_894_397_000, 200_000_000, 3)]
    [InlineData(5_700_123_000, 1_000_000_000, 3)]
    [InlineData(999_999_000, 1_000_000_000, 3)]
    [InlineData(2_592_000_000, 24_000_000, 0)]
    [InlineData(2_000_100_000, 1_000_000_000, 60)] // 2/1 is nearer than any other that 32 bits bear
    public void Linux_finds_the_rate(long tscHz, long crystalHz, double partsPerMillion)
    {
        var leaf = TscCrystal.Describe(tscHz, crystalHz);

        // arch/x86/kernel/tsc.c, native_calibrate_tsc: unsigned int throughout.
        uint crystalKhz = leaf.Ecx / 1000;
        uint tscKhz = unchecked(crystalKhz * leaf.Ebx) / leaf.Eax;

        Assert.Equal(crystalHz, leaf.Ecx);
        Assert.InRange(Math.Abs(tscKhz * 1000.0 / tscHz - 1) * 1e6, 0, partsPerMillion);
    }
}
