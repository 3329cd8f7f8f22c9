using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>Data transfer instructions of one operand size (Intel SDM vol. 1, 5.1.1).</summary>
internal static unsafe class DataTransfer<TWidth> where TWidth : struct, IWidth
{
    internal static bool MoveRegisterRegister(Cpu cpu, Op* op)
    {
        TWidth.StoreRegister((byte*)cpu.State + op->Destination, TWidth.Load((byte*)cpu.State + op->Source));
        return true;
    }

    internal static bool MoveRegisterImmediate(Cpu cpu, Op* op)
    {
        TWidth.StoreRegister((byte*)cpu.State + op->Destination, op->Immediate);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryLoad(Cpu cpu, CpuState* s, Op* op)
    {
        if (!cpu.TryLoad<TWidth>(s, cpu.EffectiveAddress(s, op), out ulong value)) return false;
        TWidth.StoreRegister((byte*)s + op->Destination, value);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryStore(Cpu cpu, CpuState* s, Op* op) =>
        cpu.TryStore<TWidth>(s, cpu.EffectiveAddress(s, op), TWidth.Load((byte*)s + op->Source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryStoreImmediate(Cpu cpu, CpuState* s, Op* op) => cpu.TryStore<TWidth>(s, cpu.EffectiveAddress(s, op), op->Immediate);

    internal static bool Load(Cpu cpu, Op* op) => TryLoad(cpu, cpu.State, op);

    internal static bool Store(Cpu cpu, Op* op) => TryStore(cpu, cpu.State, op);

    internal static bool StoreImmediate(Cpu cpu, Op* op) => TryStoreImmediate(cpu, cpu.State, op);

    /// <summary>MOV between the accumulator and an absolute address, which is the immediate; the base slot stays 0.</summary>
    internal static bool LoadAbsolute(Cpu cpu, Op* op)
    {
        if (!cpu.TryLoad<TWidth>(AbsoluteAddress(cpu, op), out ulong value)) return false;
        TWidth.StoreRegister((byte*)cpu.State + Slot.Rax, value);
        return true;
    }

    internal static bool StoreAbsolute(Cpu cpu, Op* op) => cpu.TryStore<TWidth>(AbsoluteAddress(cpu, op), TWidth.Load((byte*)cpu.State + Slot.Rax));

    private static ulong AbsoluteAddress(Cpu cpu, Op* op) =>
        cpu.SegmentAddress(op->Address >> AddressKind.SegmentShift, op->Immediate, TWidth.Bytes, (op->Prefixes & OpPrefixes.Writes) != 0);

    internal static bool ExchangeRegisterRegister(Cpu cpu, Op* op)
    {
        byte* first = (byte*)cpu.State + op->Destination, second = (byte*)cpu.State + op->Source;
        ulong value = TWidth.Load(first);
        TWidth.StoreRegister(first, TWidth.Load(second));
        TWidth.StoreRegister(second, value);
        return true;
    }

    /// <summary>XCHG with memory, which locks the bus without a prefix.</summary>
    internal static bool ExchangeMemoryRegister(Cpu cpu, Op* op)
    {
        ulong linear = cpu.EffectiveAddress(op);
        byte* register = (byte*)cpu.State + op->Source;
        ulong value = TWidth.Load(register);
        byte* pointer = cpu.TryLockedPointer(linear, TWidth.Bytes);
        ulong old;
        if (pointer != null)
        {
            do old = TWidth.Load(pointer);
            while (!TWidth.CompareExchange(pointer, old, value));
            cpu.EndLocked(pointer);
        }
        else
        {
            if (cpu.IsFaulting) return false;
            lock (cpu.Services.BusLock)
            {
                if (!cpu.TryProbeWrite(linear, TWidth.Bytes) || !cpu.TryLoad<TWidth>(linear, out old) || !cpu.TryStore<TWidth>(linear, value)) return false;
            }
        }
        TWidth.StoreRegister(register, old);
        return true;
    }

    internal static bool ExchangeAddRegisterRegister(Cpu cpu, Op* op)
    {
        byte* destination = (byte*)cpu.State + op->Destination, source = (byte*)cpu.State + op->Source;
        ulong old = TWidth.Load(destination);
        ulong sum = Add.Execute<TWidth>(cpu.State, old, TWidth.Load(source));
        TWidth.StoreRegister(source, old);
        TWidth.StoreRegister(destination, sum);
        return true;
    }

    internal static bool ExchangeAddMemoryRegister(Cpu cpu, Op* op)
    {
        ulong linear = cpu.EffectiveAddress(op);
        byte* register = (byte*)cpu.State + op->Source;
        ulong addend = TWidth.Load(register);
        byte* pointer = cpu.TryLockedPointer(linear, TWidth.Bytes);
        ulong old;
        if (pointer != null)
        {
            do old = TWidth.Load(pointer);
            while (!TWidth.CompareExchange(pointer, old, TWidth.Truncate(old + addend)));
            cpu.EndLocked(pointer);
        }
        else
        {
            if (cpu.IsFaulting) return false;
            lock (cpu.Services.BusLock)
            {
                if (!cpu.TryProbeWrite(linear, TWidth.Bytes) || !cpu.TryLoad<TWidth>(linear, out old) || !cpu.TryStore<TWidth>(linear, old + addend)) return false;
            }
        }
        Add.Execute<TWidth>(cpu.State, old, addend);
        TWidth.StoreRegister(register, old);
        return true;
    }

    internal static bool CompareExchangeRegisterRegister(Cpu cpu, Op* op)
    {
        CpuState* s = cpu.State;
        byte* destination = (byte*)s + op->Destination;
        ulong accumulator = TWidth.Load(s), old = TWidth.Load(destination);
        Compare.Execute<TWidth>(s, accumulator, old);
        if (accumulator == old) TWidth.StoreRegister(destination, TWidth.Load((byte*)s + op->Source));
        else TWidth.StoreRegister(s, old);
        return true;
    }

    internal static bool CompareExchangeMemoryRegister(Cpu cpu, Op* op)
    {
        CpuState* s = cpu.State;
        ulong linear = cpu.EffectiveAddress(op);
        ulong accumulator = TWidth.Load(s), value = TWidth.Load((byte*)s + op->Source), old;
        byte* pointer = cpu.TryLockedPointer(linear, TWidth.Bytes);
        if (pointer != null)
        {
            do old = TWidth.Load(pointer);
            while (old == accumulator && !TWidth.CompareExchange(pointer, old, value));
            cpu.EndLocked(pointer);
        }
        else
        {
            if (cpu.IsFaulting) return false;
            lock (cpu.Services.BusLock)
            {
                if (!cpu.TryProbeWrite(linear, TWidth.Bytes) || !cpu.TryLoad<TWidth>(linear, out old)) return false;
                if (!cpu.TryStore<TWidth>(linear, old == accumulator ? value : old)) return false;
            }
        }
        Compare.Execute<TWidth>(s, accumulator, old);
        if (accumulator != old) TWidth.StoreRegister(s, old);
        return true;
    }

    /// <summary>CMOVcc; the condition is the immediate. The load happens, and may fault, either way.</summary>
    internal static bool ConditionalMoveRegister(Cpu cpu, Op* op)
    {
        byte* source = (byte*)cpu.State + (LazyFlags.Test(cpu.State, (int)op->Immediate) ? op->Source : op->Destination);
        TWidth.StoreRegister((byte*)cpu.State + op->Destination, TWidth.Load(source));
        return true;
    }

    internal static bool ConditionalMoveMemory(Cpu cpu, Op* op)
    {
        if (!cpu.TryLoad<TWidth>(cpu.EffectiveAddress(op), out ulong value)) return false;
        byte* destination = (byte*)cpu.State + op->Destination;
        TWidth.StoreRegister(destination, LazyFlags.Test(cpu.State, (int)op->Immediate) ? value : TWidth.Load(destination));
        return true;
    }

    internal static bool ByteSwap(Cpu cpu, Op* op)
    {
        byte* at = (byte*)cpu.State + op->Destination;
        TWidth.StoreRegister(at, Swap(TWidth.Load(at)));
        return true;
    }

    internal static bool LoadSwapped(Cpu cpu, Op* op)
    {
        if (!cpu.TryLoad<TWidth>(cpu.EffectiveAddress(op), out ulong value)) return false;
        TWidth.StoreRegister((byte*)cpu.State + op->Destination, Swap(value));
        return true;
    }

    internal static bool StoreSwapped(Cpu cpu, Op* op) =>
        cpu.TryStore<TWidth>(cpu.EffectiveAddress(op), Swap(TWidth.Load((byte*)cpu.State + op->Source)));

    private static ulong Swap(ulong value) => BinaryPrimitives.ReverseEndianness(value) >> (64 - TWidth.Bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Lea(CpuState* s, Op* op) => TWidth.StoreRegister((byte*)s + op->Destination, Cpu.EffectiveOffset(s, op));

    internal static bool LoadEffectiveAddress(Cpu cpu, Op* op)
    {
        Lea(cpu.State, op);
        return true;
    }

    internal static bool PushRegister(Cpu cpu, Op* op) => cpu.TryPush<TWidth>(TWidth.Load((byte*)cpu.State + op->Source));

    internal static bool PushImmediate(Cpu cpu, Op* op) => cpu.TryPush<TWidth>(op->Immediate);

    internal static bool PushMemory(Cpu cpu, Op* op) =>
        cpu.TryLoad<TWidth>(cpu.EffectiveAddress(op), out ulong value) && cpu.TryPush<TWidth>(value);

    internal static bool PopRegister(Cpu cpu, Op* op)
    {
        if (!cpu.TryPop<TWidth>(out ulong value)) return false;
        TWidth.StoreRegister((byte*)cpu.State + op->Destination, value);
        return true;
    }

    /// <summary>POP to memory: an address that uses RSP uses it as it is after the pop.</summary>
    internal static bool PopMemory(Cpu cpu, Op* op)
    {
        ulong before = cpu.State->Registers[4];
        if (!cpu.TryPop<TWidth>(out ulong value)) return false;
        if (cpu.TryStore<TWidth>(cpu.EffectiveAddress(op), value)) return true;
        cpu.State->Registers[4] = before;
        return false;
    }

    internal static bool PushFlags(Cpu cpu, Op* op) => cpu.TryPush<TWidth>(cpu.GetFlags() & ~(ControlBits.FlagVm | ControlBits.FlagRf));

    internal static bool PopFlags(Cpu cpu, Op* op)
    {
        if (!cpu.TryPop<TWidth>(out ulong value)) return false;
        ulong old = cpu.GetFlags(), changeable = cpu.ChangeableFlags(TWidth.Bits) & ~ControlBits.FlagRf;
        cpu.SetFlags((old & ~(changeable | ControlBits.FlagRf)) | (value & changeable));
        return cpu.LeaveAfter(op);
    }

    internal static bool PushSegment(Cpu cpu, Op* op) => cpu.TryPush<TWidth>(cpu.Segments[op->Source].Selector);

    internal static bool PopSegment(Cpu cpu, Op* op)
    {
        ulong before = cpu.State->Registers[4];
        if (!cpu.TryPop<TWidth>(out ulong value)) return false;
        if (!cpu.TryLoadSegment(op->Destination, (ushort)value)) { cpu.State->Registers[4] = before; return false; }
        if (op->Destination == SegmentRegister.Ss) cpu.ShadowInterrupts(traps: true);
        return cpu.LeaveAfter(op);
    }

    internal static bool PushAll(Cpu cpu, Op* op)
    {
        ulong before = cpu.State->Registers[4];
        for (int i = 0; i < 8; i++)
        {
            if (cpu.TryPush<TWidth>(i == 4 ? before : cpu.State->Registers[i])) continue;
            cpu.State->Registers[4] = before;
            return false;
        }
        return true;
    }

    internal static bool PopAll(Cpu cpu, Op* op)
    {
        ulong before = cpu.State->Registers[4];
        ulong* values = stackalloc ulong[8];
        for (int i = 7; i >= 0; i--)
        {
            if (cpu.TryPop<TWidth>(out values[i])) continue;
            cpu.State->Registers[4] = before;
            return false;
        }
        for (int i = 0; i < 8; i++)
            if (i != 4) TWidth.StoreRegister(&cpu.State->Registers[i], values[i]);
        return true;
    }

    /// <summary>ENTER; the frame's size is the immediate, the nesting level the displacement.</summary>
    internal static bool Enter(Cpu cpu, Op* op)
    {
        CpuState* s = cpu.State;
        ulong before = s->Registers[4];
        int level = op->Displacement & 31;
        if (!cpu.TryPush<TWidth>(s->Registers[5])) return false;
        ulong frame = s->Registers[4], mask = cpu.StackMask, rbp = s->Registers[5];
        for (int i = 1; i < level; i++)
        {
            rbp = (rbp & ~mask) | ((rbp - (ulong)TWidth.Bytes) & mask);
            if (cpu.TryLoad<TWidth>(cpu.StackAddress(rbp & mask, TWidth.Bytes), out ulong pointer) && cpu.TryPush<TWidth>(pointer)) continue;
            s->Registers[4] = before;
            return false;
        }
        if (level > 0 && !cpu.TryPush<TWidth>(frame)) { s->Registers[4] = before; return false; }
        ulong rsp = (s->Registers[4] & ~mask) | ((s->Registers[4] - op->Immediate) & mask);
        // The processor touches the new top of the stack, so that the fault is this instruction's.
        if (!cpu.TryProbeWrite(cpu.StackAddress(rsp & mask, TWidth.Bytes), TWidth.Bytes)) { s->Registers[4] = before; return false; }
        TWidth.StoreRegister(&s->Registers[5], frame);
        s->Registers[4] = rsp;
        return true;
    }

    internal static bool Leave(Cpu cpu, Op* op)
    {
        CpuState* s = cpu.State;
        ulong mask = cpu.StackMask, before = s->Registers[4];
        s->Registers[4] = (before & ~mask) | (s->Registers[5] & mask);
        if (!cpu.TryPop<TWidth>(out ulong rbp)) { s->Registers[4] = before; return false; }
        TWidth.StoreRegister(&s->Registers[5], rbp);
        return true;
    }
}
