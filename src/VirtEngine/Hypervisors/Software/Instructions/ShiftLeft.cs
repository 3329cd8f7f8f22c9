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
