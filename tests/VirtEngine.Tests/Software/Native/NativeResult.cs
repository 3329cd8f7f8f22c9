using System.Runtime.InteropServices;

namespace VirtEngine.Tests.Software.Native;

/// <summary>The state that an instruction left, as <c>tests/NativeRunner/runner.cpp</c> writes it.</summary>
[StructLayout(LayoutKind.Sequential, Size = NativeSlot.HalfSize)]
internal unsafe struct NativeResult
{
    /// <summary><see cref="Trap"/> of an instruction that came to its end.</summary>
    internal const uint NoTrap = uint.MaxValue;

    internal fixed ulong Registers[16];
    internal ulong Flags;

    /// <summary>Distance of RIP from the instruction.</summary>
    internal long Rip;

    /// <summary>Vector of the exception it raised, or <see cref="NoTrap"/>.</summary>
    internal uint Trap;
    internal int Signal;
    internal ulong Error;

    /// <summary>CR2 after a page fault.</summary>
    internal ulong Address;
    private fixed byte _padding[24];
    internal fixed byte Fx[512];
    internal fixed byte Page[NativeCase.PageSize];
}
