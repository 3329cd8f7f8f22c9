using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>The operand forms of a binary operation: R a register, I an immediate, M memory; the destination first.</summary>
internal static unsafe class Binary<TOperation, TWidth> where TOperation : struct, IBinaryOperation where TWidth : struct, IWidth
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void RR(CpuState* s, Op* op)
    {
        byte* at = (byte*)s + op->Destination;
        ulong result = TOperation.Execute<TWidth>(s, TWidth.Load(at), TWidth.Load((byte*)s + op->Source));
        if (TOperation.Writes) TWidth.StoreRegister(at, result);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void RI(CpuState* s, Op* op)
    {
        byte* at = (byte*)s + op->Destination;
        ulong result = TOperation.Execute<TWidth>(s, TWidth.Load(at), op->Immediate);
        if (TOperation.Writes) TWidth.StoreRegister(at, result);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryRM(Cpu cpu, CpuState* s, Op* op)
    {
        if (!cpu.TryLoad<TWidth>(s, cpu.EffectiveAddress(s, op), out ulong source)) return false;
        byte* at = (byte*)s + op->Destination;
        ulong result = TOperation.Execute<TWidth>(s, TWidth.Load(at), source);
        if (TOperation.Writes) TWidth.StoreRegister(at, result);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryMR(Cpu cpu, CpuState* s, Op* op) => TryModify(cpu, s, op, TWidth.Load((byte*)s + op->Source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryMI(Cpu cpu, CpuState* s, Op* op) => TryModify(cpu, s, op, op->Immediate);

    internal static bool RegisterRegister(Cpu cpu, Op* op) { RR(cpu.State, op); return true; }

    internal static bool RegisterImmediate(Cpu cpu, Op* op) { RI(cpu.State, op); return true; }

    internal static bool RegisterMemory(Cpu cpu, Op* op) => TryRM(cpu, cpu.State, op);

    internal static bool MemoryRegister(Cpu cpu, Op* op) => TryMR(cpu, cpu.State, op);

    internal static bool MemoryImmediate(Cpu cpu, Op* op) => TryMI(cpu, cpu.State, op);

    internal static bool LockedMemoryRegister(Cpu cpu, Op* op) => TryModifyLocked(cpu, op, TWidth.Load((byte*)cpu.State + op->Source));

    internal static bool LockedMemoryImmediate(Cpu cpu, Op* op) => TryModifyLocked(cpu, op, op->Immediate);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryModify(Cpu cpu, CpuState* s, Op* op, ulong source)
    {
        ulong linear = cpu.EffectiveAddress(s, op);
        if (!TOperation.Writes)
        {
            if (!cpu.TryLoad<TWidth>(s, linear, out ulong value)) return false;
            TOperation.Execute<TWidth>(s, value, source);
            return true;
        }
        byte* pointer = cpu.TryPointer(s, linear, TWidth.Bytes, write: true);
        if (pointer == null) return TryModifySlow(cpu, linear, source);
        TWidth.Store(pointer, TOperation.Execute<TWidth>(s, TWidth.Load(pointer), source));
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryModifySlow(Cpu cpu, ulong linear, ulong source)
    {
        if (cpu.IsFaulting || !cpu.TryProbeWrite(linear, TWidth.Bytes) || !cpu.TryLoad<TWidth>(linear, out ulong value)) return false;
        return cpu.TryStore<TWidth>(linear, TOperation.Execute<TWidth>(cpu.State, value, source));
    }

    private static bool TryModifyLocked(Cpu cpu, Op* op, ulong source)
    {
        ulong linear = cpu.EffectiveAddress(op);
        byte* pointer = cpu.TryLockedPointer(linear, TWidth.Bytes);
        if (pointer == null)
        {
            if (cpu.IsFaulting) return false;
            lock (cpu.Services.BusLock) return TryModifySlow(cpu, linear, source);
        }
        CpuState* s = cpu.State;
        long flagsResult = s->FlagsResult;
        ulong flagsCarry = s->FlagsCarry;
        while (true)
        {
            ulong old = TWidth.Load(pointer);
            if (TWidth.CompareExchange(pointer, old, TOperation.Execute<TWidth>(s, old, source))) break;
            // ADC and SBB read the carry that the failed attempt has replaced.
            s->FlagsResult = flagsResult;
            s->FlagsCarry = flagsCarry;
        }
        cpu.EndLocked(pointer);
        return true;
    }
}
