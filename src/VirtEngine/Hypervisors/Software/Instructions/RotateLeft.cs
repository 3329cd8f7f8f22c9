namespace VirtEngine.Hypervisors.Software.Instructions;

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
