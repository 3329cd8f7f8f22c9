using static VirtEngine.Hypervisors.Software.ControlBits;

namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>System instructions (Intel SDM vol. 1, 5.20) and the segment register instructions.</summary>
internal static unsafe class SystemInstructions
{
    /// <summary>MOV r/m, Sreg: a register takes the selector zero-extended to the op's size, memory always 16 bits.</summary>
    internal static bool StoreSegmentRegister(Cpu cpu, Op* op)
    {
        StoreBySize((byte*)cpu.State + op->Destination, cpu.Segments[op->Source].Selector, op->Size);
        return true;
    }

    internal static bool StoreSegmentMemory(Cpu cpu, Op* op) => cpu.TryStore<Width16>(cpu.EffectiveAddress(op), cpu.Segments[op->Source].Selector);

    internal static bool LoadSegmentRegister(Cpu cpu, Op* op) => LoadSegment(cpu, op, *(ushort*)((byte*)cpu.State + op->Source));

    internal static bool LoadSegmentMemory(Cpu cpu, Op* op) =>
        cpu.TryLoad<Width16>(cpu.EffectiveAddress(op), out ulong value) && LoadSegment(cpu, op, (ushort)value);

    private static bool LoadSegment(Cpu cpu, Op* op, ushort selector)
    {
        if (op->Destination == SegmentRegister.Cs) return cpu.RaiseInvalidOpcode();
        if (!cpu.TryLoadSegment(op->Destination, selector)) return false;
        if (op->Destination == SegmentRegister.Ss) cpu.ShadowInterrupts(traps: true);
        return cpu.LeaveAfter(op);
    }

    /// <summary>LDS, LES, LFS, LGS, LSS: the source is the segment register.</summary>
    internal static bool LoadFarPointer(Cpu cpu, Op* op)
    {
        ulong linear = cpu.EffectiveAddress(op), offset = 0;
        if (!cpu.TryReadBytes(linear, &offset, op->Size) || !cpu.TryLoad<Width16>(linear + op->Size, out ulong selector)) return false;
        if (!cpu.TryLoadSegment(op->Source, (ushort)selector)) return false;
        StoreBySize((byte*)cpu.State + op->Destination, offset, op->Size);
        return cpu.LeaveAfter(op);
    }

    /// <summary>MOV r, CRn; the source is n.</summary>
    internal static bool MoveFromControl(Cpu cpu, Op* op)
    {
        if (cpu.State->Cpl != 0) return cpu.RaiseGeneralProtection();
        CpuState* s = cpu.State;
        ulong value;
        switch (op->Source)
        {
            case 0: value = s->Cr0; break;
            case 2: value = s->Cr2; break;
            case 3: value = s->Cr3; break;
            case 4: value = s->Cr4; break;
            case 8: value = cpu.Services.TaskPriority; break;
            default: return cpu.RaiseInvalidOpcode();
        }
        StoreBySize((byte*)s + op->Destination, value, cpu.Is64Bit ? 8 : 4);
        return true;
    }

    /// <summary>MOV CRn, r; the destination is n.</summary>
    internal static bool MoveToControl(Cpu cpu, Op* op)
    {
        if (cpu.State->Cpl != 0) return cpu.RaiseGeneralProtection();
        ulong value = *(ulong*)((byte*)cpu.State + op->Source);
        if (!cpu.Is64Bit) value = (uint)value;
        bool set;
        switch (op->Destination)
        {
            case 0: set = cpu.TrySetCr0(value); break;
            case 2: cpu.State->Cr2 = value; return true;
            case 3: set = cpu.TrySetCr3(value); break;
            case 4: set = cpu.TrySetCr4(value); break;
            case 8:
                if (value > 15) return cpu.RaiseGeneralProtection();
                cpu.Services.TaskPriority = value;
                set = true;
                break;
            default: return cpu.RaiseInvalidOpcode();
        }
        return set && cpu.LeaveAfter(op);
    }

    internal static bool MoveFromDebug(Cpu cpu, Op* op)
    {
        if (cpu.State->Cpl != 0) return cpu.RaiseGeneralProtection();
        if (!TryDebugIndex(cpu, op->Source, out int index)) return false;
        StoreBySize((byte*)cpu.State + op->Destination, cpu.DebugRegisters[index], cpu.Is64Bit ? 8 : 4);
        return true;
    }

    internal static bool MoveToDebug(Cpu cpu, Op* op)
    {
        if (cpu.State->Cpl != 0) return cpu.RaiseGeneralProtection();
        if (!TryDebugIndex(cpu, op->Destination, out int index)) return false;
        ulong value = *(ulong*)((byte*)cpu.State + op->Source);
        if (index >= 4 && cpu.Is64Bit && value >> 32 != 0) return cpu.RaiseGeneralProtection();
        cpu.DebugRegisters[index] = index switch
        {
            4 => (value & 0xE00F) | 0xFFFF_0FF0,
            5 => (value & 0xFFFF_2BFF) | 0x400,
            _ => value,
        };
        return true;
    }

    // DR4 and DR5 are DR6 and DR7 unless CR4.DE makes them invalid.
    private static bool TryDebugIndex(Cpu cpu, int number, out int index)
    {
        index = number >= 6 ? number - 2 : number;
        return number is not (4 or 5) || (cpu.State->Cr4 & Cr4De) == 0 || cpu.RaiseInvalidOpcode();
    }

    internal static bool Clts(Cpu cpu, Op* op)
    {
        if (cpu.State->Cpl != 0) return cpu.RaiseGeneralProtection();
        cpu.State->Cr0 &= ~Cr0Ts;
        return true;
    }

    internal static bool Smsw(Cpu cpu, Op* op) => MayStore(cpu) && StoreResult(cpu, op, cpu.State->Cr0);

    internal static bool Lmsw(Cpu cpu, Op* op)
    {
        if (cpu.State->Cpl != 0) return cpu.RaiseGeneralProtection();
        if (!TryGetWord(cpu, op, out ushort value)) return false;
        // LMSW can set PE but not clear it.
        ulong cr0 = (cpu.State->Cr0 & ~0xEul) | (value & 0xFul);
        return cpu.TrySetCr0(cr0) && cpu.LeaveAfter(op);
    }

    internal static bool Sgdt(Cpu cpu, Op* op) => MayStore(cpu) && StoreTable(cpu, op, cpu.Gdtr);

    internal static bool Sidt(Cpu cpu, Op* op) => MayStore(cpu) && StoreTable(cpu, op, cpu.Idtr);

    internal static bool Lgdt(Cpu cpu, Op* op)
    {
        if (!TryLoadTable(cpu, op, out var table)) return false;
        cpu.Gdtr = table;
        return true;
    }

    internal static bool Lidt(Cpu cpu, Op* op)
    {
        if (!TryLoadTable(cpu, op, out var table)) return false;
        cpu.Idtr = table;
        return true;
    }

    internal static bool Sldt(Cpu cpu, Op* op) => RequireProtected(cpu) && MayStore(cpu) && StoreResult(cpu, op, cpu.Ldtr.Selector);

    internal static bool Str(Cpu cpu, Op* op) => RequireProtected(cpu) && MayStore(cpu) && StoreResult(cpu, op, cpu.Tr.Selector);

    internal static bool Lldt(Cpu cpu, Op* op) =>
        RequireProtected(cpu) && RequirePrivilege(cpu) && TryGetWord(cpu, op, out ushort selector) && cpu.TryLoadLdtr(selector);

    internal static bool Ltr(Cpu cpu, Op* op)
    {
        if (!RequireProtected(cpu) || !RequirePrivilege(cpu) || !TryGetWord(cpu, op, out ushort selector)) return false;
        return (selector & 0xFFFC) == 0 ? cpu.RaiseGeneralProtection() : cpu.TryLoadTr(selector);
    }

    internal static bool Invlpg(Cpu cpu, Op* op)
    {
        if (cpu.State->Cpl != 0) return cpu.RaiseGeneralProtection();
        cpu.InvalidatePage(cpu.EffectiveAddress(op));
        return cpu.LeaveAfter(op);
    }

    /// <summary>INVD and WBINVD: no cache to write back.</summary>
    internal static bool InvalidateCaches(Cpu cpu, Op* op) => RequirePrivilege(cpu);

    internal static bool Hlt(Cpu cpu, Op* op)
    {
        if (cpu.State->Cpl != 0) return cpu.RaiseGeneralProtection();
        cpu.Activity = ProcessorActivity.Halted;
        return cpu.LeaveAfter(op);
    }

    internal static bool Rdmsr(Cpu cpu, Op* op)
    {
        if (!RequirePrivilege(cpu) || !cpu.TryReadMsr((uint)cpu.State->Registers[1], out ulong value)) return false;
        StorePair(cpu.State, value);
        return true;
    }

    internal static bool Wrmsr(Cpu cpu, Op* op)
    {
        CpuState* s = cpu.State;
        if (!RequirePrivilege(cpu)) return false;
        return cpu.TryWriteMsr((uint)s->Registers[1], (uint)s->Registers[0] | s->Registers[2] << 32) && cpu.LeaveAfter(op);
    }

    internal static bool Rdtsc(Cpu cpu, Op* op)
    {
        if ((cpu.State->Cr4 & Cr4Tsd) != 0 && cpu.State->Cpl != 0) return cpu.RaiseGeneralProtection();
        StorePair(cpu.State, cpu.ReadTsc());
        return true;
    }

    internal static bool Rdtscp(Cpu cpu, Op* op)
    {
        if (!Rdtsc(cpu, op)) return false;
        cpu.State->Registers[1] = (uint)cpu.TscAux;
        return true;
    }

    internal static bool Cpuid(Cpu cpu, Op* op)
    {
        CpuState* s = cpu.State;
        var leaf = cpu.GetCpuid((uint)s->Registers[0], (uint)s->Registers[1]);
        s->Registers[0] = leaf.Eax;
        s->Registers[3] = leaf.Ebx;
        s->Registers[1] = leaf.Ecx;
        s->Registers[2] = leaf.Edx;
        return cpu.LeaveAfter(op);
    }

    internal static bool Syscall(Cpu cpu, Op* op)
    {
        CpuState* s = cpu.State;
        if (!cpu.Is64Bit || (s->Efer & EferSce) == 0) return cpu.RaiseInvalidOpcode();
        ulong flags = cpu.GetFlags();
        s->Registers[1] = cpu.NextRip(op);
        s->Registers[11] = flags & ~FlagRf;
        cpu.EnterFlat((ushort)(cpu.Star >> 32 & 0xFFFC), 0, bits64: true);
        cpu.SetFlags(flags & ~cpu.SyscallMask & ~FlagRf);
        cpu.StepByNewFlags();
        s->Rip = cpu.LStar;
        return false;
    }

    /// <summary>SYSRET; the op's size is 8 with REX.W.</summary>
    internal static bool Sysret(Cpu cpu, Op* op)
    {
        CpuState* s = cpu.State;
        if (!cpu.Is64Bit || (s->Efer & EferSce) == 0) return cpu.RaiseInvalidOpcode();
        if (s->Cpl != 0) return cpu.RaiseGeneralProtection();
        bool bits64 = op->Size == 8;
        if (bits64 && !Cpu.IsCanonical(s->Registers[1])) return cpu.RaiseGeneralProtection();
        ushort selector = (ushort)(cpu.Star >> 48);
        ulong rip = bits64 ? s->Registers[1] : (uint)s->Registers[1];
        ulong flags = (s->Registers[11] & 0x3C_7FD7) | 2;
        cpu.EnterFlat((ushort)((bits64 ? selector + 16 : selector) | 3), 3, bits64, (ushort)((selector + 8) | 3));
        cpu.SetFlags(flags);
        cpu.StepByNewFlags();
        s->Rip = rip;
        return false;
    }

    internal static bool Sysenter(Cpu cpu, Op* op)
    {
        CpuState* s = cpu.State;
        if (!cpu.IsProtected || (cpu.SysenterCs & 0xFFFC) == 0) return cpu.RaiseGeneralProtection();
        bool longMode = cpu.IsLongMode;
        cpu.SetFlags(cpu.GetFlags() & ~(FlagIf | FlagVm | FlagRf));
        cpu.EnterFlat((ushort)(cpu.SysenterCs & 0xFFFC), 0, longMode);
        s->Registers[4] = longMode ? cpu.SysenterEsp : (uint)cpu.SysenterEsp;
        s->Rip = longMode ? cpu.SysenterEip : (uint)cpu.SysenterEip;
        return false;
    }

    internal static bool Sysexit(Cpu cpu, Op* op)
    {
        CpuState* s = cpu.State;
        if (!cpu.IsProtected || s->Cpl != 0 || (cpu.SysenterCs & 0xFFFC) == 0) return cpu.RaiseGeneralProtection();
        bool bits64 = op->Size == 8;
        if (bits64 && (!Cpu.IsCanonical(s->Registers[1]) || !Cpu.IsCanonical(s->Registers[2]))) return cpu.RaiseGeneralProtection();
        ulong rsp = s->Registers[1], rip = s->Registers[2];
        ushort code = (ushort)((cpu.SysenterCs + (bits64 ? 32u : 16u)) | 3);
        cpu.EnterFlat(code, 3, bits64, (ushort)(code + 8));
        s->Registers[4] = bits64 ? rsp : (uint)rsp;
        s->Rip = bits64 ? rip : (uint)rip;
        return false;
    }

    internal static bool Swapgs(Cpu cpu, Op* op)
    {
        if (!cpu.Is64Bit) return cpu.RaiseInvalidOpcode();
        if (cpu.State->Cpl != 0) return cpu.RaiseGeneralProtection();
        ulong gs = cpu.State->SegmentBase[SegmentRegister.Gs];
        cpu.SetSegment(SegmentRegister.Gs, cpu.Segments[SegmentRegister.Gs] with { Base = cpu.KernelGsBase });
        cpu.KernelGsBase = gs;
        return true;
    }

    /// <summary>RDFSBASE and RDGSBASE; the source is the segment.</summary>
    internal static bool ReadSegmentBase(Cpu cpu, Op* op)
    {
        if (!cpu.Is64Bit || (cpu.State->Cr4 & Cr4FsGsBase) == 0) return cpu.RaiseInvalidOpcode();
        StoreBySize((byte*)cpu.State + op->Destination, cpu.State->SegmentBase[op->Source], op->Size);
        return true;
    }

    /// <summary>WRFSBASE and WRGSBASE; the destination is the segment.</summary>
    internal static bool WriteSegmentBase(Cpu cpu, Op* op)
    {
        if (!cpu.Is64Bit || (cpu.State->Cr4 & Cr4FsGsBase) == 0) return cpu.RaiseInvalidOpcode();
        ulong value = *(ulong*)((byte*)cpu.State + op->Source);
        return cpu.TrySetSegmentBase(op->Destination, op->Size == 8 ? value : (uint)value);
    }

    /// <summary>LAR (immediate 0) and LSL (1).</summary>
    internal static bool LoadAccessRights(Cpu cpu, Op* op)
    {
        if (!RequireProtected(cpu) || !TryGetWord(cpu, op, out ushort selector)) return false;
        bool limit = op->Immediate == 1;
        bool found = TryInspect(cpu, selector, out ulong descriptor);
        if (cpu.IsFaulting) return false;
        int attributes = DescriptorBits.Attributes(descriptor);
        if (found && (attributes & DescriptorBits.NonSystem) == 0)
        {
            int type = attributes & 15;
            found = cpu.IsLongMode
                ? type is 2 or 9 or 11 || (!limit && type == 12)
                : type is 1 or 2 or 3 or 9 or 11 || (!limit && type is 4 or 5 or 12);
        }
        LazyFlags.Set(cpu.State, found ? LazyFlags.ZF : 0, LazyFlags.ZF);
        if (found)
        {
            ulong value = limit ? DescriptorBits.Limit(descriptor) : descriptor >> 32 & 0x00FF_FF00;
            StoreBySize((byte*)cpu.State + op->Destination, value, op->Size);
        }
        return true;
    }

    /// <summary>VERR (immediate 0) and VERW (1).</summary>
    internal static bool VerifySegment(Cpu cpu, Op* op)
    {
        if (!RequireProtected(cpu) || !TryGetWord(cpu, op, out ushort selector)) return false;
        bool allowed = TryInspect(cpu, selector, out ulong descriptor);
        if (cpu.IsFaulting) return false;
        int type = DescriptorBits.Attributes(descriptor);
        bool code = (type & DescriptorBits.Code) != 0;
        allowed = allowed && (type & DescriptorBits.NonSystem) != 0
            && (op->Immediate == 0 ? !code || (type & DescriptorBits.Readable) != 0 : !code && (type & DescriptorBits.Writable) != 0);
        LazyFlags.Set(cpu.State, allowed ? LazyFlags.ZF : 0, LazyFlags.ZF);
        return true;
    }

    internal static bool Arpl(Cpu cpu, Op* op)
    {
        if (!RequireProtected(cpu)) return false;
        int wanted = *(ushort*)((byte*)cpu.State + op->Source) & 3;
        ulong linear = 0;
        ushort selector;
        if (op->Destination == Slot.Zero)
        {
            linear = cpu.EffectiveAddress(op);
            if (!cpu.TryProbeWrite(linear, 2) || !cpu.TryLoad<Width16>(linear, out ulong value)) return false;
            selector = (ushort)value;
        }
        else selector = *(ushort*)((byte*)cpu.State + op->Destination);
        bool raise = (selector & 3) < wanted;
        LazyFlags.Set(cpu.State, raise ? LazyFlags.ZF : 0, LazyFlags.ZF);
        if (!raise) return true;
        selector = (ushort)((selector & ~3) | wanted);
        if (op->Destination == Slot.Zero) return cpu.TryStore<Width16>(linear, selector);
        *(ushort*)((byte*)cpu.State + op->Destination) = selector;
        return true;
    }

    // Whether a descriptor exists and may be seen from the current privilege; a #GP on the way means no.
    private static bool TryInspect(Cpu cpu, ushort selector, out ulong descriptor)
    {
        if (!cpu.TryReadDescriptor(selector, out descriptor))
        {
            if (cpu.FaultVector == ExceptionVector.GeneralProtection) cpu.ClearFault();
            return false;
        }
        int type = DescriptorBits.Attributes(descriptor);
        bool conforming = (type & (DescriptorBits.NonSystem | DescriptorBits.Code | DescriptorBits.Conforming))
            == (DescriptorBits.NonSystem | DescriptorBits.Code | DescriptorBits.Conforming);
        return conforming || DescriptorBits.Dpl(type) >= Math.Max(cpu.State->Cpl, selector & 3);
    }

    private static bool RequireProtected(Cpu cpu) => cpu.IsProtected || cpu.RaiseInvalidOpcode();

    private static bool RequirePrivilege(Cpu cpu) => cpu.State->Cpl == 0 || cpu.RaiseGeneralProtection();

    // User-mode instruction prevention: SGDT, SIDT, SLDT, SMSW and STR.
    private static bool MayStore(Cpu cpu) => (cpu.State->Cr4 & Cr4Umip) == 0 || cpu.State->Cpl == 0 || cpu.RaiseGeneralProtection();

    private static bool TryGetWord(Cpu cpu, Op* op, out ushort value)
    {
        value = 0;
        if (op->Source != Slot.Zero) { value = *(ushort*)((byte*)cpu.State + op->Source); return true; }
        if (!cpu.TryLoad<Width16>(cpu.EffectiveAddress(op), out ulong loaded)) return false;
        value = (ushort)loaded;
        return true;
    }

    private static bool StoreResult(Cpu cpu, Op* op, ulong value)
    {
        if (op->Destination == Slot.Zero) return cpu.TryStore<Width16>(cpu.EffectiveAddress(op), value);
        StoreBySize((byte*)cpu.State + op->Destination, value, op->Size);
        return true;
    }

    private static void StoreBySize(byte* at, ulong value, int size)
    {
        if (size == 2) *(ushort*)at = (ushort)value;
        else *(ulong*)at = size == 4 ? (uint)value : value;
    }

    private static void StorePair(CpuState* s, ulong value)
    {
        s->Registers[0] = (uint)value;
        s->Registers[2] = value >> 32;
    }

    private static bool StoreTable(Cpu cpu, Op* op, TableState table)
    {
        byte* image = stackalloc byte[10];
        *(ushort*)image = table.Limit;
        *(ulong*)(image + 2) = table.Base;
        return cpu.TryWriteBytes(cpu.EffectiveAddress(op), image, cpu.Is64Bit ? 10 : 6);
    }

    private static bool TryLoadTable(Cpu cpu, Op* op, out TableState table)
    {
        table = default;
        if (!RequirePrivilege(cpu)) return false;
        byte* image = stackalloc byte[10];
        *(ulong*)(image + 2) = 0;
        if (!cpu.TryReadBytes(cpu.EffectiveAddress(op), image, cpu.Is64Bit ? 10 : 6)) return false;
        ulong address = *(ulong*)(image + 2);
        if (!Cpu.IsCanonical(address)) return cpu.RaiseGeneralProtection();
        // With a 16-bit operand size only 24 bits of the base count; the op's size tells.
        table = new TableState(op->Size == 2 ? address & 0xFF_FFFF : address, *(ushort*)image);
        return true;
    }
}
