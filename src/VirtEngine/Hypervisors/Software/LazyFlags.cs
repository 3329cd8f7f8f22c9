using System.Numerics;
using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software;

/// <summary>
/// CF, PF, AF, ZF, SF and OF as two words that cost an instruction two stores: the sign-extended result, and the vector of carries (or
/// borrows) shifted so that the carry out of the operand's top bit is bit 63.
/// </summary>
/// <remarks>
/// In the carry word: bit 63 is CF; bit 62, the carry into the top bit, differs from it when OF is set; bit 3 is AF. Bits 32–61 are
/// remains of the vector and mean nothing. Bit 0 inverts SF and bits 8–15 are XORed to the result's low byte before its parity is taken:
/// they are zero after arithmetic and let POPF and the like set any combination.
/// </remarks>
internal static unsafe class LazyFlags
{
    internal const ulong CF = 1, PF = 4, AF = 0x10, ZF = 0x40, SF = 0x80, OF = 0x800;

    /// <summary>The six arithmetic flags.</summary>
    internal const ulong Arithmetic = CF | PF | AF | ZF | SF | OF;

    private const ulong CarryWordOf64 = 0xFFFF_FFFF_0000_0008;

    /// <summary>Records an addition a + b (+ carry) = r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void SetAdd<TWidth>(CpuState* s, ulong a, ulong b, ulong r) where TWidth : struct, IWidth
        => SetVector<TWidth>(s, (a & b) | ((a | b) & ~r), r);

    /// <summary>Records a subtraction a − b (− borrow) = r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void SetSubtract<TWidth>(CpuState* s, ulong a, ulong b, ulong r) where TWidth : struct, IWidth
        => SetVector<TWidth>(s, (~a & b) | ((~a | b) & r), r);

    /// <summary>Records a bitwise result: CF = OF = AF = 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void SetLogic<TWidth>(CpuState* s, ulong r) where TWidth : struct, IWidth
    {
        s->FlagsResult = TWidth.SignExtend(r);
        s->FlagsCarry = 0;
    }

    /// <summary>Records INC: an addition of 1 that keeps CF.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void SetIncrement<TWidth>(CpuState* s, ulong a, ulong r) where TWidth : struct, IWidth
        => SetKeepingCarry<TWidth>(s, a & ~r, r);

    /// <summary>Records DEC: a subtraction of 1 that keeps CF.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void SetDecrement<TWidth>(CpuState* s, ulong a, ulong r) where TWidth : struct, IWidth
        => SetKeepingCarry<TWidth>(s, ~a & r, r);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetVector<TWidth>(CpuState* s, ulong carries, ulong r) where TWidth : struct, IWidth
    {
        s->FlagsResult = TWidth.SignExtend(r);
        s->FlagsCarry = Normalize<TWidth>(carries);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetKeepingCarry<TWidth>(CpuState* s, ulong carries, ulong r) where TWidth : struct, IWidth
    {
        ulong word = Normalize<TWidth>(carries);
        // Flipping CF and the carry into the top bit together leaves OF, their difference, as it is.
        ulong flip = (word ^ s->FlagsCarry) & (1ul << 63);
        s->FlagsResult = TWidth.SignExtend(r);
        s->FlagsCarry = word ^ flip ^ (flip >> 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Normalize<TWidth>(ulong carries) where TWidth : struct, IWidth =>
        TWidth.Bits == 64 ? carries & CarryWordOf64 : (carries << (64 - TWidth.Bits)) | (carries & 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool GetCarry(CpuState* s) => (long)s->FlagsCarry < 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool GetZero(CpuState* s) => s->FlagsResult == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool GetSign(CpuState* s) => (((ulong)s->FlagsResult >> 63) ^ (s->FlagsCarry & 1)) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool GetOverflow(CpuState* s) => ((s->FlagsCarry ^ (s->FlagsCarry << 1)) >> 63) != 0;

    internal static bool GetParity(CpuState* s) =>
        (BitOperations.PopCount((uint)(s->FlagsResult & 0xFF) ^ (uint)(s->FlagsCarry >> 8 & 0xFF)) & 1) == 0;

    internal static bool GetAdjust(CpuState* s) => (s->FlagsCarry & 8) != 0;

    /// <summary>The six flags at their places in RFLAGS.</summary>
    internal static ulong Get(CpuState* s) =>
        (GetCarry(s) ? CF : 0) | (GetParity(s) ? PF : 0) | (GetAdjust(s) ? AF : 0) | (GetZero(s) ? ZF : 0) | (GetSign(s) ? SF : 0)
        | (GetOverflow(s) ? OF : 0);

    /// <summary>Sets the six flags from their places in RFLAGS.</summary>
    internal static void Set(CpuState* s, ulong flags)
    {
        // A result of 0 for ZF, else of 256, positive with an even low byte; what differs from that is inverted.
        bool zero = (flags & ZF) != 0, carry = (flags & CF) != 0, overflow = (flags & OF) != 0;
        s->FlagsResult = zero ? 0 : 0x100;
        s->FlagsCarry = ((flags & SF) != 0 ? 1ul : 0) | ((flags & PF) != 0 ? 0 : 0x100ul) | ((flags & AF) != 0 ? 8ul : 0)
            | (carry ? 1ul << 63 : 0) | (carry != overflow ? 1ul << 62 : 0);
    }

    /// <summary>Changes the flags of <paramref name="mask"/> only.</summary>
    internal static void Set(CpuState* s, ulong flags, ulong mask) => Set(s, (Get(s) & ~mask) | (flags & mask));

    /// <summary>Sets CF and OF and takes the rest but AF, which becomes 0, from a result: multiplications and shifts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void SetResult<TWidth>(CpuState* s, ulong r, bool carry, bool overflow) where TWidth : struct, IWidth
    {
        s->FlagsResult = TWidth.SignExtend(r);
        s->FlagsCarry = (carry ? 1ul << 63 : 0) | (carry != overflow ? 1ul << 62 : 0);
    }

    /// <summary>Changes CF and OF alone: rotates.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void SetCarryOverflow(CpuState* s, bool carry, bool overflow) =>
        s->FlagsCarry = (s->FlagsCarry & 0x3FFF_FFFF_FFFF_FFFF) | (carry ? 1ul << 63 : 0) | (carry != overflow ? 1ul << 62 : 0);

    /// <summary>Evaluates a condition by its encoding 0–15 (Intel SDM vol. 2, "Condition test field").</summary>
    internal static bool Test(CpuState* s, int condition)
    {
        bool value = (condition >> 1) switch
        {
            0 => GetOverflow(s),
            1 => GetCarry(s),
            2 => GetZero(s),
            3 => GetCarry(s) || GetZero(s),
            4 => GetSign(s),
            5 => GetParity(s),
            6 => GetSign(s) != GetOverflow(s),
            _ => GetZero(s) || GetSign(s) != GetOverflow(s),
        };
        return value != ((condition & 1) != 0);
    }
}
