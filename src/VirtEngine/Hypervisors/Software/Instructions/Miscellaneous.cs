namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>Flag control, software interrupts, SETcc, port I/O and instructions of no operand size of their own.</summary>
internal static unsafe class Miscellaneous
{
    internal static bool NoOperation(Cpu cpu, Op* op) => true;

    /// <summary>PAUSE: gives the host's processor to the thread that is being waited for.</summary>
    internal static bool Pause(Cpu cpu, Op* op)
    {
        cpu.YieldSpin();
        return true;
    }

    internal static bool InvalidOpcode(Cpu cpu, Op* op) => cpu.RaiseInvalidOpcode();

    /// <summary>MFENCE and everything weaker: the host's processor has the guest's memory order.</summary>
    internal static bool Fence(Cpu cpu, Op* op)
    {
        Thread.MemoryBarrier();
        return true;
    }

    /// <summary>CLFLUSH and the like: only the address is checked.</summary>
    internal static bool FlushLine(Cpu cpu, Op* op) => cpu.TryLoad<Width8>(cpu.EffectiveAddress(op), out _);

    internal static bool SetRegister(Cpu cpu, Op* op)
    {
        *((byte*)cpu.State + op->Destination) = LazyFlags.Test(cpu.State, (int)op->Immediate) ? (byte)1 : (byte)0;
        return true;
    }

    internal static bool SetMemory(Cpu cpu, Op* op) =>
        cpu.TryStore<Width8>(cpu.EffectiveAddress(op), LazyFlags.Test(cpu.State, (int)op->Immediate) ? 1ul : 0);

    internal static bool Lahf(Cpu cpu, Op* op)
    {
        ((byte*)cpu.State)[1] = (byte)(LazyFlags.Get(cpu.State) | 2);
        return true;
    }

    internal static bool Sahf(Cpu cpu, Op* op)
    {
        LazyFlags.Set(cpu.State, ((byte*)cpu.State)[1], LazyFlags.Arithmetic & 0xFF);
        return true;
    }

    /// <summary>CLC, STC, CMC; the immediate is 0, 1 or 2.</summary>
    internal static bool ChangeCarry(Cpu cpu, Op* op)
    {
        bool carry = op->Immediate == 2 ? !LazyFlags.GetCarry(cpu.State) : op->Immediate == 1;
        LazyFlags.SetCarryOverflow(cpu.State, carry, LazyFlags.GetOverflow(cpu.State));
        return true;
    }

    /// <summary>CLD and STD; the immediate is 0 or 1.</summary>
    internal static bool ChangeDirection(Cpu cpu, Op* op)
    {
        cpu.State->OtherFlags = op->Immediate == 0 ? cpu.State->OtherFlags & ~ControlBits.FlagDf : cpu.State->OtherFlags | ControlBits.FlagDf;
        return true;
    }

    internal static bool Cli(Cpu cpu, Op* op)
    {
        if (!cpu.MayChangeInterruptFlag) return cpu.RaiseGeneralProtection();
        cpu.State->OtherFlags &= ~ControlBits.FlagIf;
        return true;
    }

    /// <summary>STI: interrupts are taken after the instruction that follows.</summary>
    internal static bool Sti(Cpu cpu, Op* op)
    {
        if (!cpu.MayChangeInterruptFlag) return cpu.RaiseGeneralProtection();
        if ((cpu.State->OtherFlags & ControlBits.FlagIf) != 0) return true;
        cpu.State->OtherFlags |= ControlBits.FlagIf;
        cpu.ShadowInterrupts(traps: false);
        return cpu.LeaveAfter(op);
    }

    /// <summary>INT1.</summary>
    internal static bool DebugInterrupt(Cpu cpu, Op* op)
    {
        cpu.TryDebugInterrupt(cpu.NextRip(op));
        return false;
    }

    /// <summary>INT n, INT3 and, when OF is set, INTO: the vector is the immediate.</summary>
    internal static bool Interrupt(Cpu cpu, Op* op)
    {
        cpu.TrySoftwareInterrupt((byte)op->Immediate, cpu.NextRip(op));
        return false;
    }

    internal static bool InterruptOnOverflow(Cpu cpu, Op* op) => !LazyFlags.GetOverflow(cpu.State) || Interrupt(cpu, op);

    internal static bool Xlat(Cpu cpu, Op* op)
    {
        // The base is RBX and the index AL, which no op can say: AL is added here.
        CpuState* s = cpu.State;
        Op at = *op;
        if (!cpu.TryLoad<Width8>(cpu.EffectiveAddress(&at, *(byte*)s), out ulong value)) return false;
        *(byte*)s = (byte)value;
        return true;
    }

    internal static bool CompareExchange8(Cpu cpu, Op* op)
    {
        CpuState* s = cpu.State;
        ulong linear = cpu.EffectiveAddress(op);
        ulong expected = (uint)s->Registers[0] | s->Registers[2] << 32, value = (uint)s->Registers[3] | s->Registers[1] << 32, old;
        byte* pointer = cpu.TryLockedPointer(linear, 8);
        if (pointer != null)
        {
            do old = *(ulong*)pointer;
            while (old == expected && Interlocked.CompareExchange(ref *(ulong*)pointer, value, expected) != expected);
            cpu.EndLocked(pointer);
        }
        else
        {
            if (cpu.IsFaulting) return false;
            lock (cpu.Services.BusLock)
                if (!cpu.TryProbeWrite(linear, 8) || !cpu.TryLoad<Width64>(linear, out old) || !cpu.TryStore<Width64>(linear, old == expected ? value : old)) return false;
        }
        LazyFlags.Set(s, old == expected ? LazyFlags.ZF : 0, LazyFlags.ZF);
        if (old != expected)
        {
            s->Registers[0] = (uint)old;
            s->Registers[2] = old >> 32;
        }
        return true;
    }

    internal static bool CompareExchange16(Cpu cpu, Op* op)
    {
        CpuState* s = cpu.State;
        ulong linear = cpu.EffectiveAddress(op);
        if ((linear & 15) != 0) return cpu.RaiseGeneralProtection();
        var expected = new UInt128(s->Registers[2], s->Registers[0]);
        var value = new UInt128(s->Registers[1], s->Registers[3]);
        UInt128 old = expected;
        byte* pointer = cpu.TryLockedPointer(linear, 16);
        if (pointer != null)
        {
            HostInstructions.CompareExchange(pointer, &old, &value);
            cpu.EndLocked(pointer);
        }
        else
        {
            if (cpu.IsFaulting) return false;
            lock (cpu.Services.BusLock)
            {
                UInt128 found;
                if (!cpu.TryProbeWrite(linear, 16) || !cpu.TryReadBytes(linear, &found, 16)) return false;
                UInt128 written = found == expected ? value : found;
                if (!cpu.TryWriteBytes(linear, &written, 16)) return false;
                old = found;
            }
        }
        LazyFlags.Set(s, old == expected ? LazyFlags.ZF : 0, LazyFlags.ZF);
        if (old != expected)
        {
            s->Registers[0] = (ulong)old;
            s->Registers[2] = (ulong)(old >> 64);
        }
        return true;
    }

    /// <summary>IN; the port is the immediate, or DX where the source is not 0.</summary>
    internal static bool In(Cpu cpu, Op* op)
    {
        ushort port = op->Source != 0 ? (ushort)cpu.State->Registers[2] : (ushort)op->Immediate;
        if (!cpu.TryCheckPort(port, op->Size)) return false;
        uint value = cpu.ReadPort(port, op->Size);
        if (op->Size == 1) *(byte*)cpu.State = (byte)value;
        else if (op->Size == 2) *(ushort*)cpu.State = (ushort)value;
        else cpu.State->Registers[0] = value;
        return true;
    }

    internal static bool Out(Cpu cpu, Op* op)
    {
        ushort port = op->Source != 0 ? (ushort)cpu.State->Registers[2] : (ushort)op->Immediate;
        if (!cpu.TryCheckPort(port, op->Size)) return false;
        uint value = (uint)cpu.State->Registers[0];
        cpu.WritePort(port, op->Size, op->Size == 1 ? (byte)value : op->Size == 2 ? (ushort)value : value);
        return true;
    }

    internal static bool Bound16(Cpu cpu, Op* op) => Bound<Width16>(cpu, op);

    internal static bool Bound32(Cpu cpu, Op* op) => Bound<Width32>(cpu, op);

    private static bool Bound<TWidth>(Cpu cpu, Op* op) where TWidth : struct, IWidth
    {
        ulong linear = cpu.EffectiveAddress(op);
        if (!cpu.TryLoad<TWidth>(linear, out ulong lower) || !cpu.TryLoad<TWidth>(linear + (ulong)TWidth.Bytes, out ulong upper)) return false;
        long index = TWidth.SignExtend(TWidth.Load((byte*)cpu.State + op->Destination));
        return (index >= TWidth.SignExtend(lower) && index <= TWidth.SignExtend(upper)) || cpu.Raise(ExceptionVector.BoundRange);
    }

    /// <summary>CRC32; the register is 32 or 64 bits wide (only the low 32 count), the source as wide as the op's size.</summary>
    internal static bool Crc32(Cpu cpu, Op* op)
    {
        ulong value;
        if (op->Source == Slot.Zero)
        {
            ulong buffer = 0;
            if (!cpu.TryReadBytes(cpu.EffectiveAddress(op), &buffer, op->Size)) return false;
            value = buffer;
        }
        else value = *(ulong*)((byte*)cpu.State + op->Source);
        ulong* destination = (ulong*)((byte*)cpu.State + op->Destination);
        uint crc = (uint)*destination;
        *destination = op->Size switch
        {
            1 => System.Numerics.BitOperations.Crc32C(crc, (byte)value),
            2 => System.Numerics.BitOperations.Crc32C(crc, (ushort)value),
            4 => System.Numerics.BitOperations.Crc32C(crc, (uint)value),
            _ => System.Numerics.BitOperations.Crc32C(crc, value),
        };
        return true;
    }
}
