using static VirtEngine.Hypervisors.Software.ControlBits;

namespace VirtEngine.Hypervisors.Software;

/// <content>Control registers, model-specific registers, ports, and what RFLAGS lets whom do.</content>
internal sealed unsafe partial class Cpu
{
    /// <summary>Spins of a guest after which its thread sleeps a little instead of yielding.</summary>
    private const int SpinsBeforeSleep = 64;

    private readonly CpuidTable _cpuid;
    private readonly Dictionary<uint, ulong> _msrs = [];
    private int _spins;

    /// <summary>DR0–DR3, DR6, DR7. Breakpoints are not implemented; the values are kept.</summary>
    internal readonly ulong[] DebugRegisters = new ulong[6];

    /// <summary>IA32_KERNEL_GS_BASE and the registers of SYSCALL and SYSENTER.</summary>
    internal ulong KernelGsBase, Star, LStar, CStar, SyscallMask, SysenterCs, SysenterEsp, SysenterEip;

    internal ulong TscAux, TscAdjust;

    private bool _nmiBlocked;

    /// <summary>IOPL.</summary>
    internal int IoPrivilege => (int)(State->OtherFlags >> 12) & 3;

    /// <summary>Whether CLI and STI are allowed.</summary>
    internal bool MayChangeInterruptFlag => !IsProtected || State->Cpl <= IoPrivilege;

    /// <summary>Which flags POPF and IRET may change.</summary>
    internal ulong ChangeableFlags(int bits)
    {
        ulong flags = LazyFlags.Arithmetic | FlagTf | FlagDf | FlagNt | FlagRf | FlagAc | FlagId;
        if (!IsProtected || State->Cpl == 0) flags |= FlagIopl;
        if (MayChangeInterruptFlag) flags |= FlagIf;
        return bits == 16 ? flags & 0xFFFF : flags;
    }

    /// <summary>Holds interrupts off until the next instruction has run.</summary>
    /// <param name="traps">Single steps too: a load of SS, but not STI (Intel SDM vol. 3, 6.8.3).</param>
    internal void ShadowInterrupts(bool traps)
    {
        InterruptShadow = true;
        _stepHidden |= traps;
        Request(PendingWork.SingleStep | PendingWork.Interrupt);
    }

    /// <summary>Interrupts are held off for the next instruction.</summary>
    internal bool InterruptShadow { get; private set; }

    /// <summary>IRET lets non-maskable interrupts through again.</summary>
    internal void UnblockNmi()
    {
        _nmiBlocked = false;
        if (_nmiPending) Request(PendingWork.Nmi);
    }

    private bool _nmiPending;

    /// <summary>Makes room for the thread that a spinning guest waits for.</summary>
    internal void YieldSpin()
    {
        if (++_spins < SpinsBeforeSleep) { Thread.Yield(); return; }
        _spins = 0;
        Thread.Sleep(0);
    }

    /// <summary>The time-stamp counter as the guest sees it.</summary>
    internal ulong ReadTsc() => Services.ReadTsc() + TscAdjust;

    /// <summary>CPUID.</summary>
    internal CpuidLeaf GetCpuid(uint leaf, uint subleaf) => _cpuid.Get(leaf, subleaf, Services.ApicPage != ulong.MaxValue);

    /// <summary>MOV to CR0 and LMSW.</summary>
    internal bool TrySetCr0(ulong value)
    {
        const ulong known = Cr0Pe | Cr0Mp | Cr0Em | Cr0Ts | Cr0Et | Cr0Ne | Cr0Wp | Cr0Am | Cr0Nw | Cr0Cd | Cr0Pg;
        if (value >> 32 != 0) return RaiseGeneralProtection();
        value = (value & known) | Cr0Et;
        if ((value & (Cr0Pg | Cr0Pe)) == Cr0Pg || (value & (Cr0Nw | Cr0Cd)) == Cr0Nw) return RaiseGeneralProtection();
        ulong old = State->Cr0;
        if ((value & ~old & Cr0Pg) != 0 && (State->Efer & EferLme) != 0)
        {
            if ((State->Cr4 & Cr4Pae) == 0 || (Segments[SegmentRegister.Cs].Attributes & DescriptorBits.Long) != 0) return RaiseGeneralProtection();
            State->Efer |= EferLma;
        }
        else if ((old & ~value & Cr0Pg) != 0 && IsLongMode)
        {
            if (Is64Bit) return RaiseGeneralProtection();
            State->Efer &= ~EferLma;
        }
        State->Cr0 = value;
        if (((old ^ value) & (Cr0Pe | Cr0Pg | Cr0Wp)) != 0) FlushTlb();
        UpdateMode();
        return true;
    }

    /// <summary>MOV to CR3.</summary>
    internal bool TrySetCr3(ulong value)
    {
        if (IsLongMode && (value >> PhysicalAddressBits) != 0) return RaiseGeneralProtection();
        State->Cr3 = value;
        FlushTlb();
        return true;
    }

    /// <summary>MOV to CR4.</summary>
    internal bool TrySetCr4(ulong value)
    {
        if ((value & ~Cr4Implemented) != 0 || (IsLongMode && (value & Cr4Pae) == 0)) return RaiseGeneralProtection();
        ulong changed = State->Cr4 ^ value;
        State->Cr4 = value;
        if ((changed & (Cr4Pse | Cr4Pae | Cr4Pge | Cr4Smep)) != 0) FlushTlb();
        return true;
    }

    /// <summary>RDMSR.</summary>
    internal bool TryReadMsr(uint msr, out ulong value)
    {
        switch (msr)
        {
            case Msr.Tsc: value = ReadTsc(); return true;
            case Msr.TscAdjust: value = TscAdjust; return true;
            case Msr.TscAux: value = TscAux; return true;
            case Msr.SysenterCs: value = SysenterCs; return true;
            case Msr.SysenterEsp: value = SysenterEsp; return true;
            case Msr.SysenterEip: value = SysenterEip; return true;
            case Msr.Efer: value = State->Efer; return true;
            case Msr.Star: value = Star; return true;
            case Msr.LStar: value = LStar; return true;
            case Msr.CStar: value = CStar; return true;
            case Msr.SyscallMask: value = SyscallMask; return true;
            case Msr.FsBase: value = State->SegmentBase[SegmentRegister.Fs]; return true;
            case Msr.GsBase: value = State->SegmentBase[SegmentRegister.Gs]; return true;
            case Msr.KernelGsBase: value = KernelGsBase; return true;
        }
        if (Services.TryReadApicMsr(msr, out value)) return true;
        if (Msr.IsStored(msr) && _msrs.TryGetValue(msr, out value)) return true;
        if (Msr.IsStored(msr)) { Profile.ConstantMsrs.TryGetValue(msr, out value); return true; }
        return Profile.ConstantMsrs.TryGetValue(msr, out value) || RaiseGeneralProtection();
    }

    /// <summary>WRMSR.</summary>
    internal bool TryWriteMsr(uint msr, ulong value)
    {
        switch (msr)
        {
            case Msr.Tsc: TscAdjust += value - ReadTsc(); return true;
            case Msr.TscAdjust: TscAdjust = value; return true;
            case Msr.TscAux: return TrySetLow(ref TscAux, value);
            case Msr.SysenterCs: SysenterCs = value; return true;
            case Msr.SysenterEsp: return TrySetAddress(ref SysenterEsp, value);
            case Msr.SysenterEip: return TrySetAddress(ref SysenterEip, value);
            case Msr.Efer: return TrySetEfer(value);
            case Msr.Star: Star = value; return true;
            case Msr.LStar: return TrySetAddress(ref LStar, value);
            case Msr.CStar: return TrySetAddress(ref CStar, value);
            case Msr.SyscallMask: return TrySetLow(ref SyscallMask, value);
            case Msr.FsBase: return TrySetSegmentBase(SegmentRegister.Fs, value);
            case Msr.GsBase: return TrySetSegmentBase(SegmentRegister.Gs, value);
            case Msr.KernelGsBase: return TrySetAddress(ref KernelGsBase, value);
        }
        if (Services.TryWriteApicMsr(msr, value)) return true;
        if (msr == Msr.Pat && !Msr.IsPageAttributeTable(value)) return RaiseGeneralProtection();
        if (Msr.IsStored(msr)) { _msrs[msr] = value; return true; }
        return Msr.IsWriteIgnored(msr) || RaiseGeneralProtection();
    }

    /// <summary>WRFSBASE, WRGSBASE, SWAPGS and the MSRs behind them.</summary>
    internal bool TrySetSegmentBase(int index, ulong value)
    {
        if (!IsCanonical(value)) return RaiseGeneralProtection();
        SetSegment(index, Segments[index] with { Base = value });
        return true;
    }

    private bool TrySetAddress(ref ulong register, ulong value)
    {
        if (!IsCanonical(value)) return RaiseGeneralProtection();
        register = value;
        return true;
    }

    // A register of 32 bits.
    private bool TrySetLow(ref ulong register, ulong value)
    {
        if (value >> 32 != 0) return RaiseGeneralProtection();
        register = value;
        return true;
    }

    private bool TrySetEfer(ulong value)
    {
        const ulong writable = EferSce | EferLme | EferNxe;
        ulong old = State->Efer;
        if ((value & ~(writable | EferLma)) != 0) return RaiseGeneralProtection();
        if (((old ^ value) & EferLme) != 0 && (State->Cr0 & Cr0Pg) != 0) return RaiseGeneralProtection();
        State->Efer = (value & writable) | (old & EferLma);
        if (((old ^ value) & EferNxe) != 0) FlushTlb();
        UpdateMode();
        return true;
    }

    /// <summary>Checks IOPL and the I/O permission bitmap.</summary>
    internal bool TryCheckPort(ushort port, int size)
    {
        if (!IsProtected || State->Cpl <= IoPrivilege) return true;
        if ((Tr.Attributes & DescriptorBits.Present) == 0 || Tr.Limit < 0x67) return RaiseGeneralProtection();
        if (!TryLoadSystem(Tr.Base + 0x66, 2, out ulong map)) return false;
        ulong at = map + (ulong)(port >> 3);
        if (at + 1 > Tr.Limit) return RaiseGeneralProtection();
        if (!TryLoadSystem(Tr.Base + at, 2, out ulong bits)) return false;
        return (bits >> (port & 7) & ((1ul << size) - 1)) == 0 || RaiseGeneralProtection();
    }

    internal uint ReadPort(ushort port, int size)
    {
        PortAccesses++;
        return Bus.ReadPort(port, size);
    }

    internal void WritePort(ushort port, int size, uint value)
    {
        PortAccesses++;
        Bus.WritePort(port, size, value);
    }

    /// <summary>RET far and IRET to the same or an outer privilege, after the frame has been read.</summary>
    internal bool TryReturn(ushort selector, ulong rip, ushort stackSelector, ulong rsp, bool restoreStack)
    {
        if (!TryReadDescriptor(selector, out ulong descriptor)) return false;
        int type = DescriptorBits.Attributes(descriptor), dpl = DescriptorBits.Dpl(type), rpl = selector & 3;
        uint code = (uint)selector & 0xFFFC;
        if ((type & (DescriptorBits.NonSystem | DescriptorBits.Code)) != (DescriptorBits.NonSystem | DescriptorBits.Code)
            || ((type & DescriptorBits.Conforming) != 0 ? dpl > rpl : dpl != rpl)
            || (IsLongMode && (type & (DescriptorBits.Long | DescriptorBits.Big)) == (DescriptorBits.Long | DescriptorBits.Big)))
            return Raise(ExceptionVector.GeneralProtection, code);
        if ((type & DescriptorBits.Present) == 0) return Raise(ExceptionVector.SegmentNotPresent, code);
        bool to64 = IsLongMode && (type & DescriptorBits.Long) != 0;
        SegmentState stack = default;
        if (restoreStack)
        {
            if ((stackSelector & 0xFFFC) == 0)
            {
                if (!to64 || rpl == 3 || (stackSelector & 3) != rpl) return RaiseGeneralProtection();
                stack = new SegmentState(stackSelector, 0, 0, (ushort)(rpl << 5));
            }
            else
            {
                if (!TryReadDescriptor(stackSelector, out ulong ss)) return false;
                int stackType = DescriptorBits.Attributes(ss);
                if ((stackSelector & 3) != rpl || DescriptorBits.Dpl(stackType) != rpl
                    || (stackType & (DescriptorBits.NonSystem | DescriptorBits.Code | DescriptorBits.Writable)) != (DescriptorBits.NonSystem | DescriptorBits.Writable))
                    return Raise(ExceptionVector.GeneralProtection, (uint)stackSelector & 0xFFFC);
                if ((stackType & DescriptorBits.Present) == 0) return Raise(ExceptionVector.StackFault, (uint)stackSelector & 0xFFFC);
                if (!TryMarkDescriptor(stackSelector, ss, DescriptorBits.Accessed)) return false;
                stack = MakeSegment(stackSelector, ss | 1ul << 40);
            }
        }
        if (!IsInsideCode(descriptor, rip)) return RaiseGeneralProtection();
        bool outward = rpl > State->Cpl;
        if (!TryCommitCodeSegment(selector, descriptor, rpl)) return false;
        if (restoreStack)
        {
            SetSegment(SegmentRegister.Ss, stack);
            ulong mask = to64 ? ulong.MaxValue : (stack.Attributes & DescriptorBits.Big) != 0 ? uint.MaxValue : ushort.MaxValue;
            State->Registers[4] = mask == ushort.MaxValue ? (State->Registers[4] & ~mask) | (rsp & mask) : rsp & mask;
        }
        State->Rip = rip & State->RipMask;
        if (outward) DropInnerSegments(rpl);
        return true;
    }

    // Data segments of an inner level must not be left to an outer one.
    private void DropInnerSegments(int cpl)
    {
        foreach (int index in (ReadOnlySpan<int>)[SegmentRegister.Es, SegmentRegister.Ds, SegmentRegister.Fs, SegmentRegister.Gs])
        {
            int type = Segments[index].Attributes;
            bool conforming = (type & (DescriptorBits.Code | DescriptorBits.Conforming)) == (DescriptorBits.Code | DescriptorBits.Conforming);
            if ((type & DescriptorBits.Present) != 0 && !conforming && DescriptorBits.Dpl(type) < cpl)
                SetSegment(index, new SegmentState(0, Segments[index].Base, 0, 0));
        }
    }
}
