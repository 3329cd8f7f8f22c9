namespace VirtEngine.Hypervisors.Software;

/// <summary>Bits of <see cref="SegmentState.Attributes"/> (Intel SDM vol. 3, 3.4.5).</summary>
internal static class DescriptorBits
{
    internal const int Accessed = 1, Writable = 2, Readable = 2, ExpandDown = 4, Conforming = 4, Code = 8, NonSystem = 0x10, Present = 0x80,
        Long = 0x2000, Big = 0x4000, Granular = 0x8000;

    internal const int TypeTssAvailable16 = 1, TypeLdt = 2, TypeTssBusy16 = 3, TypeCallGate16 = 4, TypeTaskGate = 5, TypeInterruptGate16 = 6,
        TypeTrapGate16 = 7, TypeTssAvailable = 9, TypeTssBusy = 11, TypeCallGate = 12, TypeInterruptGate = 14, TypeTrapGate = 15;

    /// <summary>Descriptor privilege level.</summary>
    internal static int Dpl(int attributes) => attributes >> 5 & 3;

    /// <summary>Attributes out of the descriptor's upper doubleword.</summary>
    internal static ushort Attributes(ulong descriptor) => (ushort)(descriptor >> 40 & 0xF0FF);

    /// <summary>Base address out of a descriptor's first eight bytes.</summary>
    internal static ulong Base(ulong descriptor) => (descriptor >> 16 & 0xFF_FFFF) | (descriptor >> 32 & 0xFF00_0000);

    /// <summary>Limit in bytes.</summary>
    internal static uint Limit(ulong descriptor)
    {
        uint limit = (uint)((descriptor & 0xFFFF) | (descriptor >> 32 & 0xF_0000));
        return (descriptor >> 55 & 1) != 0 ? limit << 12 | 0xFFF : limit;
    }
}
