namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>MUL, IMUL, DIV, IDIV and the sign extension into RDX that goes with them, for one operand size.</summary>
internal static unsafe class MultiplyDivide<TWidth> where TWidth : struct, IWidth
{
    internal static bool MultiplyRegister(Cpu cpu, Op* op) => Multiply(cpu.State, TWidth.Load((byte*)cpu.State + op->Source));

    internal static bool MultiplyMemory(Cpu cpu, Op* op) => cpu.TryLoad<TWidth>(cpu.EffectiveAddress(op), out ulong value) && Multiply(cpu.State, value);

    internal static bool SignedMultiplyRegister(Cpu cpu, Op* op) => SignedMultiply(cpu.State, TWidth.Load((byte*)cpu.State + op->Source));

    internal static bool SignedMultiplyMemory(Cpu cpu, Op* op) =>
        cpu.TryLoad<TWidth>(cpu.EffectiveAddress(op), out ulong value) && SignedMultiply(cpu.State, value);

    internal static bool DivideRegister(Cpu cpu, Op* op) => Divide(cpu, TWidth.Load((byte*)cpu.State + op->Source));

    internal static bool DivideMemory(Cpu cpu, Op* op) => cpu.TryLoad<TWidth>(cpu.EffectiveAddress(op), out ulong value) && Divide(cpu, value);

    internal static bool SignedDivideRegister(Cpu cpu, Op* op) => SignedDivide(cpu, TWidth.Load((byte*)cpu.State + op->Source));

    internal static bool SignedDivideMemory(Cpu cpu, Op* op) =>
        cpu.TryLoad<TWidth>(cpu.EffectiveAddress(op), out ulong value) && SignedDivide(cpu, value);

    /// <summary>IMUL r, r.</summary>
    internal static bool ProductRegisterRegister(Cpu cpu, Op* op)
    {
        byte* at = (byte*)cpu.State + op->Destination;
        return Product(cpu.State, at, TWidth.Load(at), TWidth.Load((byte*)cpu.State + op->Source));
    }

    /// <summary>IMUL r, m.</summary>
    internal static bool ProductRegisterMemory(Cpu cpu, Op* op)
    {
        byte* at = (byte*)cpu.State + op->Destination;
        return cpu.TryLoad<TWidth>(cpu.EffectiveAddress(op), out ulong value) && Product(cpu.State, at, TWidth.Load(at), value);
    }

    /// <summary>IMUL r, r, imm.</summary>
    internal static bool ProductRegisterImmediate(Cpu cpu, Op* op) =>
        Product(cpu.State, (byte*)cpu.State + op->Destination, TWidth.Load((byte*)cpu.State + op->Source), op->Immediate);

    /// <summary>IMUL r, m, imm.</summary>
    internal static bool ProductMemoryImmediate(Cpu cpu, Op* op) =>
        cpu.TryLoad<TWidth>(cpu.EffectiveAddress(op), out ulong value)
        && Product(cpu.State, (byte*)cpu.State + op->Destination, value, op->Immediate);

    /// <summary>CWD, CDQ, CQO.</summary>
    internal static bool SignIntoRdx(Cpu cpu, Op* op)
    {
        TWidth.StoreRegister((byte*)cpu.State + Slot.Rdx, (ulong)(TWidth.SignExtend(TWidth.Load(cpu.State)) >> 63));
        return true;
    }

    private static bool Multiply(CpuState* s, ulong source)
    {
        UInt128 product = (UInt128)TWidth.Load(s) * source;
        StoreProduct(s, product);
        bool overflow = product >> TWidth.Bits != 0;
        LazyFlags.SetResult<TWidth>(s, (ulong)product, overflow, overflow);
        return true;
    }

    private static bool SignedMultiply(CpuState* s, ulong source)
    {
        Int128 product = (Int128)TWidth.SignExtend(TWidth.Load(s)) * TWidth.SignExtend(source);
        StoreProduct(s, (UInt128)product);
        bool overflow = product != TWidth.SignExtend((ulong)product);
        LazyFlags.SetResult<TWidth>(s, (ulong)product, overflow, overflow);
        return true;
    }

    private static bool Product(CpuState* s, byte* destination, ulong a, ulong b)
    {
        Int128 product = (Int128)TWidth.SignExtend(a) * TWidth.SignExtend(b);
        TWidth.StoreRegister(destination, (ulong)product);
        bool overflow = product != TWidth.SignExtend((ulong)product);
        LazyFlags.SetResult<TWidth>(s, (ulong)product, overflow, overflow);
        return true;
    }

    // Bytes multiply into and divide from AX; the other sizes use a pair of registers.
    private static void StoreProduct(CpuState* s, UInt128 product)
    {
        if (TWidth.Bits == 8) { *(ushort*)s = (ushort)product; return; }
        TWidth.StoreRegister(s, (ulong)product);
        TWidth.StoreRegister((byte*)s + Slot.Rdx, (ulong)(product >> TWidth.Bits));
    }

    private static void StoreQuotient(CpuState* s, ulong quotient, ulong remainder)
    {
        if (TWidth.Bits == 8) { *(ushort*)s = (ushort)((quotient & 0xFF) | remainder << 8); return; }
        TWidth.StoreRegister(s, quotient);
        TWidth.StoreRegister((byte*)s + Slot.Rdx, remainder);
    }

    private static bool Divide(Cpu cpu, ulong divisor)
    {
        CpuState* s = cpu.State;
        if (divisor == 0) return cpu.Raise(ExceptionVector.DivideError);
        ulong quotient, remainder;
        if (TWidth.Bits == 64 && s->Registers[2] != 0)
        {
            if (s->Registers[2] >= divisor) return cpu.Raise(ExceptionVector.DivideError);
            (UInt128 q, UInt128 r) = UInt128.DivRem(new UInt128(s->Registers[2], s->Registers[0]), divisor);
            (quotient, remainder) = ((ulong)q, (ulong)r);
        }
        else
        {
            ulong dividend = TWidth.Bits switch
            {
                8 => *(ushort*)s,
                64 => s->Registers[0],
                _ => TWidth.Load((byte*)s + Slot.Rdx) << TWidth.Bits | TWidth.Load(s),
            };
            (quotient, remainder) = Math.DivRem(dividend, divisor);
            if (TWidth.Bits < 64 && quotient != TWidth.Truncate(quotient)) return cpu.Raise(ExceptionVector.DivideError);
        }
        StoreQuotient(s, quotient, remainder);
        return true;
    }

    private static bool SignedDivide(Cpu cpu, ulong source)
    {
        CpuState* s = cpu.State;
        long divisor = TWidth.SignExtend(source);
        if (divisor == 0) return cpu.Raise(ExceptionVector.DivideError);
        long quotient, remainder;
        if (TWidth.Bits == 64 && (long)s->Registers[2] != (long)s->Registers[0] >> 63)
        {
            var dividend = (Int128)new UInt128(s->Registers[2], s->Registers[0]);
            // The only quotient that Int128 cannot hold.
            if (dividend == Int128.MinValue && divisor == -1) return cpu.Raise(ExceptionVector.DivideError);
            Int128 q = dividend / divisor;
            if (q != (long)q) return cpu.Raise(ExceptionVector.DivideError);
            (quotient, remainder) = ((long)q, (long)(dividend - q * divisor));
        }
        else
        {
            long dividend = TWidth.Bits switch
            {
                8 => *(short*)s,
                64 => (long)s->Registers[0],
                32 => (long)(TWidth.Load((byte*)s + Slot.Rdx) << 32 | TWidth.Load(s)),
                _ => (int)(TWidth.Load((byte*)s + Slot.Rdx) << 16 | TWidth.Load(s)),
            };
            if (dividend == long.MinValue && divisor == -1) return cpu.Raise(ExceptionVector.DivideError);
            (quotient, remainder) = Math.DivRem(dividend, divisor);
            if (quotient != TWidth.SignExtend((ulong)quotient)) return cpu.Raise(ExceptionVector.DivideError);
        }
        StoreQuotient(s, (ulong)quotient, (ulong)remainder);
        return true;
    }
}
