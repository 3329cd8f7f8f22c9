using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>The operand forms of a unary operation.</summary>
internal static unsafe class Unary<TOperation, TWidth> where TOperation : struct, IUnaryOperation where TWidth : struct, IWidth
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void R(CpuState* s, Op* op)
    {
        byte* at = (byte*)s + op->Destination;
        TWidth.StoreRegister(at, TOperation.Execute<TWidth>(s, TWidth.Load(at)));
    }

    internal static bool Register(Cpu cpu, Op* op) { R(cpu.State, op); return true; }

    internal static bool Memory(Cpu cpu, Op* op)
    {
        ulong linear = cpu.EffectiveAddress(op);
        byte* pointer = cpu.TryPointer(linear, TWidth.Bytes, write: true);
        if (pointer == null) return TryMemorySlow(cpu, linear);
        TWidth.Store(pointer, TOperation.Execute<TWidth>(cpu.State, TWidth.Load(pointer)));
        return true;
    }

    internal static bool LockedMemory(Cpu cpu, Op* op)
    {
        ulong linear = cpu.EffectiveAddress(op);
        byte* pointer = cpu.TryLockedPointer(linear, TWidth.Bytes);
        if (pointer == null)
        {
            if (cpu.IsFaulting) return false;
            lock (cpu.Services.BusLock) return TryMemorySlow(cpu, linear);
        }
        CpuState* s = cpu.State;
        ulong flagsCarry = s->FlagsCarry;
        while (true)
        {
            ulong old = TWidth.Load(pointer);
            if (TWidth.CompareExchange(pointer, old, TOperation.Execute<TWidth>(s, old))) break;
            s->FlagsCarry = flagsCarry; // INC and DEC keep the carry from before
        }
        cpu.EndLocked(pointer);
        return true;
    }

    private static bool TryMemorySlow(Cpu cpu, ulong linear)
    {
        if (cpu.IsFaulting || !cpu.TryProbeWrite(linear, TWidth.Bytes) || !cpu.TryLoad<TWidth>(linear, out ulong value)) return false;
        return cpu.TryStore<TWidth>(linear, TOperation.Execute<TWidth>(cpu.State, value));
    }
}
