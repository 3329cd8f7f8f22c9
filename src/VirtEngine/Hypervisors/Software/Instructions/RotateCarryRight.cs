namespace VirtEngine.Hypervisors.Software.Instructions;

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
