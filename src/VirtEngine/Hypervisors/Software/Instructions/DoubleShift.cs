namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>SHLD and SHRD; the count is the immediate, or CL where <see cref="Op.Immediate"/> is <see cref="ByCl"/>.</summary>
internal static unsafe class DoubleShift<TWidth> where TWidth : struct, IWidth
{
    internal const ulong ByCl = ulong.MaxValue;

    internal static bool LeftRegister(Cpu cpu, Op* op) => OnRegister(cpu, op, left: true);

    internal static bool LeftMemory(Cpu cpu, Op* op) => OnMemory(cpu, op, left: true);

    internal static bool RightRegister(Cpu cpu, Op* op) => OnRegister(cpu, op, left: false);

    internal static bool RightMemory(Cpu cpu, Op* op) => OnMemory(cpu, op, left: false);

    private static bool OnRegister(Cpu cpu, Op* op, bool left)
    {
        byte* at = (byte*)cpu.State + op->Destination;
        TWidth.StoreRegister(at, Execute(cpu.State, op, TWidth.Load(at), left));
        return true;
    }

    private static bool OnMemory(Cpu cpu, Op* op, bool left)
    {
        ulong linear = cpu.EffectiveAddress(op);
        return cpu.TryProbeWrite(linear, TWidth.Bytes) && cpu.TryLoad<TWidth>(linear, out ulong value)
            && cpu.TryStore<TWidth>(linear, Execute(cpu.State, op, value, left));
    }

    private static ulong Execute(CpuState* s, Op* op, ulong value, bool left)
    {
        ulong source = TWidth.Load((byte*)s + op->Source);
        int count = (int)((op->Immediate == ByCl ? s->Registers[1] : op->Immediate) & (TWidth.Bits == 64 ? 63u : 31u));
        if (count == 0) return value;
        ulong result;
        bool carry;
        if (count > TWidth.Bits)
        {
            // Words by more than 16: undefined; the source follows itself, as processors have it.
            ulong pair = source << 16 | source;
            result = left ? pair >> (32 - count) : pair >> (count - 16);
            carry = left ? (source >> (32 - count) & 1) != 0 : (source >> (count - 17) & 1) != 0;
        }
        else if (left)
        {
            result = count == TWidth.Bits ? source : value << count | source >> (TWidth.Bits - count);
            carry = (value >> (TWidth.Bits - count) & 1) != 0;
        }
        else
        {
            result = count == TWidth.Bits ? source : value >> count | source << (TWidth.Bits - count);
            carry = (value >> (count - 1) & 1) != 0;
        }
        LazyFlags.SetResult<TWidth>(s, result, carry, TWidth.SignExtend(result) < 0 != TWidth.SignExtend(value) < 0);
        return result;
    }
}
