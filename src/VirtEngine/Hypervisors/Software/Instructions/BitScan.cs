using System.Numerics;

namespace VirtEngine.Hypervisors.Software.Instructions;

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
