using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>SHL (and SAL).</summary>
internal readonly unsafe struct ShiftLeft : IShiftOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Execute<TWidth>(CpuState* s, ulong value, int count) where TWidth : struct, IWidth
    {
        ulong result = value << count;
        bool carry = count <= TWidth.Bits && (value >> (TWidth.Bits - count) & 1) != 0;
        LazyFlags.SetResult<TWidth>(s, result, carry, carry != (TWidth.SignExtend(result) < 0));
        return result;
    }
}

/// <summary>SHR.</summary>
internal readonly unsafe struct ShiftRight : IShiftOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Execute<TWidth>(CpuState* s, ulong value, int count) where TWidth : struct, IWidth
    {
        ulong result = value >> count;
        // OF is defined for a count of 1: the operand's sign. For more, processors keep the XOR of the result's two top bits.
        ulong before = value >> (count - 1);
        LazyFlags.SetResult<TWidth>(s, result, (before & 1) != 0, TWidth.SignExtend(before) < 0);
        return result;
    }
}

/// <summary>SAR.</summary>
internal readonly unsafe struct ShiftArithmeticRight : IShiftOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Execute<TWidth>(CpuState* s, ulong value, int count) where TWidth : struct, IWidth
    {
        long signed = TWidth.SignExtend(value);
        long result = signed >> count;
        LazyFlags.SetResult<TWidth>(s, (ulong)result, (signed >> (count - 1) & 1) != 0, false);
        return (ulong)result;
    }
}

/// <summary>ROL.</summary>
internal readonly unsafe struct RotateLeft : IShiftOperation
{
    public static ulong Execute<TWidth>(CpuState* s, ulong value, int count) where TWidth : struct, IWidth
    {
        int by = count & (TWidth.Bits - 1);
        ulong result = by == 0 ? value : TWidth.Truncate(value << by | value >> (TWidth.Bits - by));
        bool carry = (result & 1) != 0;
        LazyFlags.SetCarryOverflow(s, carry, carry != (TWidth.SignExtend(result) < 0));
        return result;
    }
}

/// <summary>ROR.</summary>
internal readonly unsafe struct RotateRight : IShiftOperation
{
    public static ulong Execute<TWidth>(CpuState* s, ulong value, int count) where TWidth : struct, IWidth
    {
        int by = count & (TWidth.Bits - 1);
        ulong result = by == 0 ? value : TWidth.Truncate(value >> by | value << (TWidth.Bits - by));
        bool top = TWidth.SignExtend(result) < 0;
        LazyFlags.SetCarryOverflow(s, top, top != (TWidth.SignExtend(result << 1) < 0));
        return result;
    }
}

/// <summary>RCL.</summary>
internal readonly unsafe struct RotateCarryLeft : IShiftOperation
{
    public static ulong Execute<TWidth>(CpuState* s, ulong value, int count) where TWidth : struct, IWidth
    {
        int by = TWidth.Bits < 32 ? count % (TWidth.Bits + 1) : count;
        bool carry = LazyFlags.GetCarry(s);
        for (int i = 0; i < by; i++)
        {
            bool top = TWidth.SignExtend(value) < 0;
            value = TWidth.Truncate(value << 1 | (carry ? 1ul : 0));
            carry = top;
        }
        if (by != 0) LazyFlags.SetCarryOverflow(s, carry, carry != (TWidth.SignExtend(value) < 0));
        return value;
    }
}

/// <summary>RCR.</summary>
internal readonly unsafe struct RotateCarryRight : IShiftOperation
{
    public static ulong Execute<TWidth>(CpuState* s, ulong value, int count) where TWidth : struct, IWidth
    {
        int by = TWidth.Bits < 32 ? count % (TWidth.Bits + 1) : count;
        bool carry = LazyFlags.GetCarry(s);
        for (int i = 0; i < by; i++)
        {
            bool bottom = (value & 1) != 0;
            value = value >> 1 | (carry ? 1ul << (TWidth.Bits - 1) : 0);
            carry = bottom;
        }
        if (by != 0) LazyFlags.SetCarryOverflow(s, carry, (TWidth.SignExtend(value) < 0) != (TWidth.SignExtend(value << 1) < 0));
        return value;
    }
}
