using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software.Instructions;

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
