using System.Numerics;

namespace VirtEngine.Hypervisors.Software.Instructions;

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
            bool locked = (op->Prefixes & OpPrefixes.Lock) != 0;
            byte* pointer = locked ? cpu.TryLockedPointer(linear, TWidth.Bytes) : cpu.TryPointer(linear, TWidth.Bytes, write: true);
            if (pointer == null)
            {
                if (cpu.IsFaulting) return false;
                lock (cpu.Services.BusLock)
                {
                    if (!cpu.TryProbeWrite(linear, TWidth.Bytes) || !cpu.TryLoad<TWidth>(linear, out old)
                        || !cpu.TryStore<TWidth>(linear, TOperation.Change(old, bit))) return false;
                }
            }
            else if (locked)
            {
                do old = TWidth.Load(pointer);
                while (!TWidth.CompareExchange(pointer, old, TOperation.Change(old, bit)));
                cpu.EndLocked(pointer);
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
