using Iced.Intel;

namespace VirtEngine.Hypervisors.Software.Vector;

/// <summary>MXCSR, FXSAVE and FXRSTOR, EMMS and masked stores.</summary>
internal static unsafe class SseControl
{
    internal static delegate*<Cpu, Op*, bool> HandlerOf(in Instruction instruction) => instruction.Mnemonic switch
    {
        Mnemonic.Ldmxcsr => &LoadMxcsr,
        Mnemonic.Stmxcsr => &StoreMxcsr,
        Mnemonic.Fxsave => &Save,
        Mnemonic.Fxsave64 => &Save64,
        Mnemonic.Fxrstor => &Restore,
        Mnemonic.Fxrstor64 => &Restore64,
        Mnemonic.Emms => &LeaveMmx,
        Mnemonic.Maskmovdqu => &StoreMaskedXmm,
        Mnemonic.Maskmovq => &StoreMaskedMmx,
        _ => null,
    };

    private static bool LoadMxcsr(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TrySse(cpu) || !cpu.TryLoad<Width32>(cpu.EffectiveAddress(op), out ulong value)) return false;
        if ((value & ~(ulong)FxImage.MxcsrWritable) != 0) return cpu.RaiseGeneralProtection();
        FxImage.MxcsrOf(cpu.State->Fx) = (uint)value;
        return true;
    }

    private static bool StoreMxcsr(Cpu cpu, Op* op) =>
        VectorAccess.TrySse(cpu) && cpu.TryStore<Width32>(cpu.EffectiveAddress(op), FxImage.MxcsrOf(cpu.State->Fx));

    private static bool Save(Cpu cpu, Op* op) => TrySave(cpu, op, widePointers: false);

    private static bool Save64(Cpu cpu, Op* op) => TrySave(cpu, op, widePointers: true);

    private static bool Restore(Cpu cpu, Op* op) => TryRestore(cpu, op, widePointers: false);

    private static bool Restore64(Cpu cpu, Op* op) => TryRestore(cpu, op, widePointers: true);

    private static bool TrySave(Cpu cpu, Op* op, bool widePointers)
    {
        if (!VectorAccess.TryX87NoWait(cpu)) return false;
        ulong linear = cpu.EffectiveAddress(op);
        if ((linear & 15) != 0) return VectorAccess.RaiseMisaligned(cpu, linear);
        var area = stackalloc byte[FxImage.Size];
        FxSaveArea.Store(cpu.State->Fx, area, cpu.Is64Bit, widePointers);
        return cpu.TryProbeWrite(linear, FxImage.Size) && cpu.TryWriteBytes(linear, area, FxSaveArea.UsedSize(cpu.Is64Bit));
    }

    private static bool TryRestore(Cpu cpu, Op* op, bool widePointers)
    {
        if (!VectorAccess.TryX87NoWait(cpu)) return false;
        ulong linear = cpu.EffectiveAddress(op);
        if ((linear & 15) != 0) return VectorAccess.RaiseMisaligned(cpu, linear);
        var area = stackalloc byte[FxImage.Size];
        if (!cpu.TryReadBytes(linear, area, FxImage.Size)) return false;
        return FxSaveArea.TryLoad(cpu.State->Fx, area, cpu.Is64Bit, widePointers) || cpu.RaiseGeneralProtection();
    }

    private static bool LeaveMmx(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TryMmx(cpu)) return false;
        VectorUnit.LeaveMmx(cpu.State->Fx);
        return true;
    }

    private static bool StoreMaskedXmm(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TrySse(cpu)) return false;
        byte* fx = cpu.State->Fx;
        return TryStoreMasked(cpu, op, FxImage.XmmOf(fx, op->Destination), FxImage.XmmOf(fx, op->Source), 16);
    }

    private static bool StoreMaskedMmx(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TryMmx(cpu)) return false;
        byte* fx = cpu.State->Fx;
        int top = FxImage.Top(fx);
        byte* data = FxImage.StackOf(fx, (op->Destination - top) & 7), mask = FxImage.StackOf(fx, (op->Source - top) & 7);
        if (!TryStoreMasked(cpu, op, data, mask, 8)) return false;
        VectorUnit.EnterMmx(fx);
        return true;
    }

    /// <summary>Stores the bytes whose mask byte is negative, all or none.</summary>
    private static bool TryStoreMasked(Cpu cpu, Op* op, byte* data, byte* mask, int size)
    {
        ulong linear = cpu.EffectiveAddress(op);
        int first = 0, end = size;
        while (first < end && (mask[first] & 0x80) == 0) first++;
        while (end > first && (mask[end - 1] & 0x80) == 0) end--;
        if (first == end) return true;
        if (!cpu.TryProbeWrite(linear + (ulong)first, end - first)) return false;
        for (int from = first; from < end;)
        {
            int to = from;
            while (to < end && (mask[to] & 0x80) != 0) to++;
            if (to > from && !cpu.TryWriteBytes(linear + (ulong)from, data + from, to - from)) return false;
            from = to + 1;
        }
        return true;
    }
}
