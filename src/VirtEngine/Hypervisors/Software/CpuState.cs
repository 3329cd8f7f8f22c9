using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Software;

/// <summary>
/// What the interpreter touches all the time, in native memory so that operands are byte offsets from its start (<see cref="Slot"/>).
/// The arithmetic flags are kept lazily: see <see cref="LazyFlags"/>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CpuState
{
    /// <summary>RAX … R15 in the order of their encoding.</summary>
    internal fixed ulong Registers[16];

    /// <summary>Always 0: the base or index of an address that has none.</summary>
    internal ulong Zero;

    /// <summary>RIP of the running block's first instruction: the base of RIP-relative addresses and of branch targets.</summary>
    internal ulong BlockRip;

    /// <summary>Linear bases of ES, CS, SS, DS, FS, GS.</summary>
    internal fixed ulong SegmentBase[6];

    /// <summary>See <see cref="LazyFlags"/>.</summary>
    internal long FlagsResult;

    /// <summary>See <see cref="LazyFlags"/>.</summary>
    internal ulong FlagsCarry;

    /// <summary>RFLAGS without CF, PF, AF, ZF, SF, OF.</summary>
    internal ulong OtherFlags;

    /// <summary>RIP while no block runs.</summary>
    internal ulong Rip;

    /// <summary>What RIP wraps at: all ones, 32 or 16 bits.</summary>
    internal ulong RipMask;

    /// <summary>The translation cache for the current privilege.</summary>
    internal TlbEntry* Tlb;

    /// <summary>Reasons to leave the run loop between two instructions (<see cref="PendingWork"/>); other threads set bits.</summary>
    internal int Pending;

    /// <summary>Current privilege level.</summary>
    internal int Cpl;

    internal ulong Cr0, Cr2, Cr3, Cr4, Efer;

    /// <summary>What a load brought that did not go straight to RAM.</summary>
    internal ulong Loaded;

    /// <summary>Guest instructions executed.</summary>
    internal long Instructions;

    /// <summary>x87, MXCSR and XMM registers in the 64-bit FXSAVE layout.</summary>
    private fixed ulong _fx[66];

    /// <summary>The FXSAVE image, aligned to 16 bytes. The state itself is allocated at a multiple of 64.</summary>
    internal byte* Fx
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (byte*)(((nint)Unsafe.AsPointer(ref _fx[0]) + 15) & ~15);
    }

    /// <summary>XMM<paramref name="index"/> in the image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal byte* Xmm(int index) => Fx + 160 + 16 * index;
}
