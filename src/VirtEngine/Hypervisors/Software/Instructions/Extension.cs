namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>MOVZX, MOVSX and MOVSXD from one size to another, and CBW, CWDE, CDQE.</summary>
internal static unsafe class Extension<TFrom, TTo> where TFrom : struct, IWidth where TTo : struct, IWidth
{
    internal static bool ZeroRegister(Cpu cpu, Op* op)
    {
        TTo.StoreRegister((byte*)cpu.State + op->Destination, TFrom.Load((byte*)cpu.State + op->Source));
        return true;
    }

    internal static bool ZeroMemory(Cpu cpu, Op* op)
    {
        if (!cpu.TryLoad<TFrom>(cpu.EffectiveAddress(op), out ulong value)) return false;
        TTo.StoreRegister((byte*)cpu.State + op->Destination, value);
        return true;
    }

    internal static bool SignRegister(Cpu cpu, Op* op)
    {
        TTo.StoreRegister((byte*)cpu.State + op->Destination, (ulong)TFrom.SignExtend(TFrom.Load((byte*)cpu.State + op->Source)));
        return true;
    }

    internal static bool SignMemory(Cpu cpu, Op* op)
    {
        if (!cpu.TryLoad<TFrom>(cpu.EffectiveAddress(op), out ulong value)) return false;
        TTo.StoreRegister((byte*)cpu.State + op->Destination, (ulong)TFrom.SignExtend(value));
        return true;
    }
}
