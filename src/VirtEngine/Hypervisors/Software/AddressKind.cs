namespace VirtEngine.Hypervisors.Software;

/// <summary>How <see cref="Op.Address"/> says an address is completed.</summary>
internal static class AddressKind
{
    /// <summary>The offset wraps at 32 bits.</summary>
    internal const byte Bits32 = 1;

    /// <summary>The offset wraps at 16 bits.</summary>
    internal const byte Bits16 = 2;

    /// <summary>Legacy mode: base, limit and rights of the segment count, and the linear address wraps at 32 bits.</summary>
    internal const byte Legacy = 4;

    /// <summary>The displacement counts from the end of the instruction and did not fit when added to its offset.</summary>
    internal const byte FromNextInstruction = 8;

    /// <summary>The segment's number is in the high four bits.</summary>
    internal const int SegmentShift = 4;

    /// <summary>Linear address that stands for a violated segment: never mapped, and recognised when the access fails.</summary>
    internal const ulong SegmentViolation = 0xDEAD_0000_0000_0000;
}
