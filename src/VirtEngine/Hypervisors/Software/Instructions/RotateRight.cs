namespace VirtEngine.Hypervisors.Software.Instructions;

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
