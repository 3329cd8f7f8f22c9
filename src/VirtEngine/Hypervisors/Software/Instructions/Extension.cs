using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>MOVZX, MOVSX and MOVSXD from one size to another, and CBW, CWDE, CDQE.</summary>
internal static unsafe class Extension<TFrom, TTo> where TFrom : struct, IWidth where TTo : struct, IWidth
{
    internal static bool ZeroRegister(Cpu cpu, Op* op)
    {
        TTo.StoreRegister((byte*)cpu.State + op->Destination, TFrom.Load((byte*)cpu.State + op->Source));
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryZeroMemory(Cpu cpu, CpuState* s, Op* op)
    {
        if (!cpu.TryLoad<TFrom>(s, cpu.EffectiveAddress(s, op), out ulong value)) return false;
        TTo.StoreRegister((byte*)s + op->Destination, value);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TrySignMemory(Cpu cpu, CpuState* s, Op* op)
    {
        if (!cpu.TryLoad<TFrom>(s, cpu.EffectiveAddress(s, op), out ulong value)) return false;
        TTo.StoreRegister((byte*)s + op->Destination, (ulong)TFrom.SignExtend(value));
        return true;
    }

    internal static bool ZeroMemory(Cpu cpu, Op* op) => TryZeroMemory(cpu, cpu.State, op);

    internal static bool SignRegister(Cpu cpu, Op* op)
    {
        TTo.StoreRegister((byte*)cpu.State + op->Destination, (ulong)TFrom.SignExtend(TFrom.Load((byte*)cpu.State + op->Source)));
        return true;
    }

    internal static bool SignMemory(Cpu cpu, Op* op) => TrySignMemory(cpu, cpu.State, op);
}
