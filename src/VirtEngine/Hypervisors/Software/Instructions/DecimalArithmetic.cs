namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>Decimal arithmetic (Intel SDM vol. 1, 5.1.3): not in 64-bit mode.</summary>
internal static unsafe class DecimalArithmetic
{
    internal static bool Daa(Cpu cpu, Op* op) => Adjust(cpu.State, add: true);

    internal static bool Das(Cpu cpu, Op* op) => Adjust(cpu.State, add: false);

    internal static bool Aaa(Cpu cpu, Op* op) => AdjustUnpacked(cpu.State, add: true);

    internal static bool Aas(Cpu cpu, Op* op) => AdjustUnpacked(cpu.State, add: false);

    /// <summary>AAM; the base is the immediate.</summary>
    internal static bool Aam(Cpu cpu, Op* op)
    {
        if (op->Immediate == 0) return cpu.Raise(ExceptionVector.DivideError);
        byte* al = (byte*)cpu.State;
        (al[1], al[0]) = ((byte)(al[0] / op->Immediate), (byte)(al[0] % op->Immediate));
        LazyFlags.SetLogic<Width8>(cpu.State, al[0]);
        return true;
    }

    /// <summary>AAD; the base is the immediate.</summary>
    internal static bool Aad(Cpu cpu, Op* op)
    {
        byte* al = (byte*)cpu.State;
        al[0] = (byte)(al[0] + al[1] * (int)op->Immediate);
        al[1] = 0;
        LazyFlags.SetLogic<Width8>(cpu.State, al[0]);
        return true;
    }

    private static bool Adjust(CpuState* s, bool add)
    {
        byte* al = (byte*)s;
        byte old = *al;
        bool carry = LazyFlags.GetCarry(s), newCarry = false, adjust = (old & 15) > 9 || LazyFlags.GetAdjust(s);
        if (adjust)
        {
            newCarry = carry || (add ? old > 0xFF - 6 : old < 6);
            *al = (byte)(add ? *al + 6 : *al - 6);
        }
        if (old > 0x99 || carry)
        {
            *al = (byte)(add ? *al + 0x60 : *al - 0x60);
            newCarry = true;
        }
        LazyFlags.SetLogic<Width8>(s, *al);
        LazyFlags.Set(s, (newCarry ? LazyFlags.CF : 0) | (adjust ? LazyFlags.AF : 0), LazyFlags.CF | LazyFlags.AF);
        return true;
    }

    private static bool AdjustUnpacked(CpuState* s, bool add)
    {
        ushort* ax = (ushort*)s;
        bool adjust = (*ax & 15) > 9 || LazyFlags.GetAdjust(s);
        if (adjust) *ax = (ushort)(add ? *ax + 0x106 : (ushort)(*ax - 6) - 0x100);
        *ax &= 0xFF0F;
        LazyFlags.Set(s, adjust ? LazyFlags.CF | LazyFlags.AF : 0, LazyFlags.CF | LazyFlags.AF);
        return true;
    }
}
