using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software.Instructions;

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
