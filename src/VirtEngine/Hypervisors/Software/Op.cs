using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Software;

/// <summary>A decoded instruction (or two fused ones), 32 bytes. Operands are offsets into <see cref="CpuState"/>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal unsafe struct Op
{
    /// <summary>Which case of the interpreter runs it; <see cref="OpCase.Call"/> calls <see cref="Handler"/>.</summary>
    internal OpCase Kind;

    /// <summary>Slot of the destination register, or a number the kind gives a meaning to.</summary>
    internal byte Destination;

    /// <summary>Slot of the source register, or a number the kind gives a meaning to.</summary>
    internal byte Source;

    /// <summary>Slot of the address's base register.</summary>
    internal byte Base;

    /// <summary>Slot of the address's index register.</summary>
    internal byte Index;

    /// <summary>log2 of the index's factor.</summary>
    internal byte Scale;

    /// <summary>How the address is completed (<see cref="AddressKind"/>); 0: a flat 64-bit address, complete.</summary>
    internal byte Address;

    /// <summary>Immediate operand; for branches the target's distance from <see cref="CpuState.BlockRip"/>.</summary>
    internal ulong Immediate;

    /// <summary>Displacement of the address.</summary>
    internal int Displacement;

    /// <summary>Distance of the (last) instruction from <see cref="CpuState.BlockRip"/>.</summary>
    internal ushort Offset;

    /// <summary>Bytes of the instruction in the low four bits, prefixes above (<see cref="OpPrefixes"/>).</summary>
    internal byte LengthAndPrefixes;

    /// <summary>Bytes of the memory operand (up to 16), or the operand size of instructions without one.</summary>
    internal byte Size;

    /// <summary>The instruction's meaning when <see cref="Kind"/> is <see cref="OpCase.Call"/>.</summary>
    internal delegate*<Cpu, Op*, bool> Handler;

    /// <summary>Bytes of the instruction.</summary>
    internal readonly int Length => LengthAndPrefixes & 15;

    /// <summary>Prefixes that matter to the meaning.</summary>
    internal readonly OpPrefixes Prefixes => (OpPrefixes)(LengthAndPrefixes & 0xF0);

    /// <summary>Distance of the next instruction from <see cref="CpuState.BlockRip"/>.</summary>
    internal readonly ulong NextOffset => (ulong)(Offset + Length);
}
