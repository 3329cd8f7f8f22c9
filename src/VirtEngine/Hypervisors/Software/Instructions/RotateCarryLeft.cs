namespace VirtEngine.Hypervisors.Software.Instructions;

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
