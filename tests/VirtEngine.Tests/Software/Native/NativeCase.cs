using System.Runtime.InteropServices;

namespace VirtEngine.Tests.Software.Native;

/// <summary>An instruction and the state it starts from, as <c>tests/NativeRunner/runner.cpp</c> reads it.</summary>
[StructLayout(LayoutKind.Sequential, Size = NativeSlot.HalfSize)]
internal unsafe struct NativeCase
{
    /// <summary>Where the data page lies, with nothing mapped around it.</summary>
    internal const ulong Data = 0x1000_0000;

    /// <summary>Where the instruction lies, in a page that otherwise holds INT3.</summary>
    internal const ulong Code = 0x2000_0800;

    internal const int PageSize = 4096;

    /// <summary>The flags that a case can set: CF, PF, AF, ZF, SF, DF, OF.</summary>
    internal const ulong Flagged = 0xCD5;

    internal fixed ulong Registers[16];
    internal ulong Flags;
    internal int CodeLength;
    internal int Reserved;
    internal fixed byte Bytes[16];
    private fixed byte _padding[32];
    internal fixed byte Fx[512];
    internal fixed byte Page[PageSize];
}
