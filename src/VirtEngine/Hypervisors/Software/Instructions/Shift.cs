using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>The operand forms of a shift or rotate: by an immediate (already masked and not 0) or by CL.</summary>
internal static unsafe class Shift<TOperation, TWidth> where TOperation : struct, IShiftOperation where TWidth : struct, IWidth
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void RI(CpuState* s, Op* op)
    {
        byte* at = (byte*)s + op->Destination;
        TWidth.StoreRegister(at, TOperation.Execute<TWidth>(s, TWidth.Load(at), (int)op->Immediate));
    }

    internal static bool RegisterImmediate(Cpu cpu, Op* op) { RI(cpu.State, op); return true; }

    internal static bool RegisterCl(Cpu cpu, Op* op)
    {
        CpuState* s = cpu.State;
        byte* at = (byte*)s + op->Destination;
        int count = Count(s);
        ulong value = TWidth.Load(at);
        TWidth.StoreRegister(at, count == 0 ? value : TOperation.Execute<TWidth>(s, value, count));
        return true;
    }

    internal static bool MemoryImmediate(Cpu cpu, Op* op) => TryMemory(cpu, op, (int)op->Immediate);

    internal static bool MemoryCl(Cpu cpu, Op* op) => TryMemory(cpu, op, Count(cpu.State));

    private static int Count(CpuState* s) => (int)(s->Registers[1] & (TWidth.Bits == 64 ? 63u : 31u));

    private static bool TryMemory(Cpu cpu, Op* op, int count)
    {
        ulong linear = cpu.EffectiveAddress(op);
        if (!cpu.TryProbeWrite(linear, TWidth.Bytes) || !cpu.TryLoad<TWidth>(linear, out ulong value)) return false;
        return cpu.TryStore<TWidth>(linear, count == 0 ? value : TOperation.Execute<TWidth>(cpu.State, value, count));
    }
}
