using System.Numerics;

namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>What BT, BTS, BTR and BTC do to the tested bit.</summary>
internal interface IBitOperation
{
    static abstract bool Writes { get; }

    static abstract ulong Change(ulong value, ulong bit);
}

/// <summary>BT.</summary>
internal readonly struct BitTest : IBitOperation
{
    public static bool Writes => false;

    public static ulong Change(ulong value, ulong bit) => value;
}

/// <summary>BTS.</summary>
internal readonly struct BitSet : IBitOperation
{
    public static bool Writes => true;

    public static ulong Change(ulong value, ulong bit) => value | bit;
}

/// <summary>BTR.</summary>
internal readonly struct BitReset : IBitOperation
{
    public static bool Writes => true;

    public static ulong Change(ulong value, ulong bit) => value & ~bit;
}

/// <summary>BTC.</summary>
internal readonly struct BitComplement : IBitOperation
{
    public static bool Writes => true;

    public static ulong Change(ulong value, ulong bit) => value ^ bit;
}

/// <summary>The forms of BT, BTS, BTR and BTC (Intel SDM vol. 1, 5.1.6).</summary>
internal static unsafe class Bit<TOperation, TWidth> where TOperation : struct, IBitOperation where TWidth : struct, IWidth
{
    internal static bool RegisterRegister(Cpu cpu, Op* op) => OnRegister(cpu.State, op, TWidth.Load((byte*)cpu.State + op->Source));

    internal static bool RegisterImmediate(Cpu cpu, Op* op) => OnRegister(cpu.State, op, op->Immediate);

    internal static bool MemoryImmediate(Cpu cpu, Op* op) => OnMemory(cpu, op, cpu.EffectiveAddress(op), op->Immediate);

    /// <summary>A bit string: the register reaches beyond the operand, in both directions.</summary>
    internal static bool MemoryRegister(Cpu cpu, Op* op)
    {
        long index = TWidth.SignExtend(TWidth.Load((byte*)cpu.State + op->Source));
        // The address moves by whole operands before the address size wraps it.
        long distance = (index >> BitOperations.Log2((uint)TWidth.Bits)) * TWidth.Bytes;
        return OnMemory(cpu, op, cpu.EffectiveAddress(op, distance), (ulong)index);
    }

    private static bool OnRegister(CpuState* s, Op* op, ulong index)
    {
        byte* at = (byte*)s + op->Destination;
        ulong bit = 1ul << (int)(index & (ulong)(TWidth.Bits - 1)), value = TWidth.Load(at);
        SetCarry(s, (value & bit) != 0);
        if (TOperation.Writes) TWidth.StoreRegister(at, TOperation.Change(value, bit));
        return true;
    }

    private static bool OnMemory(Cpu cpu, Op* op, ulong linear, ulong index)
    {
        ulong bit = 1ul << (int)(index & (ulong)(TWidth.Bits - 1)), old;
        if (!TOperation.Writes)
        {
            if (!cpu.TryLoad<TWidth>(linear, out old)) return false;
        }
        else
        {
            byte* pointer = cpu.TryPointer(linear, TWidth.Bytes, write: true);
            if (pointer == null)
            {
                if (cpu.IsFaulting) return false;
                lock (cpu.Services.BusLock)
                {
                    if (!cpu.TryProbeWrite(linear, TWidth.Bytes) || !cpu.TryLoad<TWidth>(linear, out old)
                        || !cpu.TryStore<TWidth>(linear, TOperation.Change(old, bit))) return false;
                }
            }
            else if ((op->Prefixes & OpPrefixes.Lock) != 0)
            {
                do old = TWidth.Load(pointer);
                while (!TWidth.CompareExchange(pointer, old, TOperation.Change(old, bit)));
            }
            else
            {
                old = TWidth.Load(pointer);
                TWidth.Store(pointer, TOperation.Change(old, bit));
            }
        }
        SetCarry(cpu.State, (old & bit) != 0);
        return true;
    }

    // CF alone changes; OF is undefined, and processors leave it.
    private static void SetCarry(CpuState* s, bool carry) => LazyFlags.SetCarryOverflow(s, carry, LazyFlags.GetOverflow(s));
}

/// <summary>BSF, BSR, TZCNT, LZCNT and POPCNT.</summary>
internal static unsafe class BitScan<TWidth> where TWidth : struct, IWidth
{
    internal static bool ForwardRegister(Cpu cpu, Op* op) => Forward(cpu.State, op, TWidth.Load((byte*)cpu.State + op->Source));

    internal static bool ForwardMemory(Cpu cpu, Op* op) => cpu.TryLoad<TWidth>(cpu.EffectiveAddress(op), out ulong value) && Forward(cpu.State, op, value);

    internal static bool ReverseRegister(Cpu cpu, Op* op) => Reverse(cpu.State, op, TWidth.Load((byte*)cpu.State + op->Source));

    internal static bool ReverseMemory(Cpu cpu, Op* op) => cpu.TryLoad<TWidth>(cpu.EffectiveAddress(op), out ulong value) && Reverse(cpu.State, op, value);

    internal static bool CountRegister(Cpu cpu, Op* op) => Count(cpu.State, op, TWidth.Load((byte*)cpu.State + op->Source));

    internal static bool CountMemory(Cpu cpu, Op* op) => cpu.TryLoad<TWidth>(cpu.EffectiveAddress(op), out ulong value) && Count(cpu.State, op, value);

    // ZF tells of a zero source; the destination then keeps its value, as AMD documents and Intel's processors do.
    private static bool Forward(CpuState* s, Op* op, ulong value)
    {
        LazyFlags.Set(s, value == 0 ? LazyFlags.ZF : 0, LazyFlags.ZF);
        if (value != 0) TWidth.StoreRegister((byte*)s + op->Destination, (ulong)BitOperations.TrailingZeroCount(value));
        return true;
    }

    private static bool Reverse(CpuState* s, Op* op, ulong value)
    {
        LazyFlags.Set(s, value == 0 ? LazyFlags.ZF : 0, LazyFlags.ZF);
        if (value != 0) TWidth.StoreRegister((byte*)s + op->Destination, (ulong)BitOperations.Log2(value));
        return true;
    }

    private static bool Count(CpuState* s, Op* op, ulong value)
    {
        LazyFlags.Set(s, value == 0 ? LazyFlags.ZF : 0);
        TWidth.StoreRegister((byte*)s + op->Destination, (ulong)BitOperations.PopCount(value));
        return true;
    }
}
