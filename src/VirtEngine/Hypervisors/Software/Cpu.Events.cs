using static VirtEngine.Hypervisors.Software.DescriptorBits;

namespace VirtEngine.Hypervisors.Software;

/// <content>Exceptions and interrupts: raising and delivering them (Intel SDM vol. 3, chapter 6).</content>
internal sealed unsafe partial class Cpu
{
    private enum EventKind { Exception, SoftwareInterrupt, ExternalInterrupt }

    private const int NoFault = -1;

    private int _faultVector = NoFault;
    private uint _faultCode;
    private bool _addressFault;

    // No single step ends behind the instruction: an interrupt's has cleared TF on its way, a load of SS holds the trap back.
    private bool _stepHidden;

    // A single step has ended and is delivered before anything else (SYSCALL and SYSRET).
    private bool _stepDue;

    /// <summary>
    /// Behind SYSCALL and SYSRET the flags that they leave decide whether a single step ends, not those that they began with: SYSCALL masks TF
    /// and does not trap in the kernel, SYSRET restores it and traps at once.
    /// </summary>
    internal void StepByNewFlags()
    {
        _stepHidden = true;
        _stepDue = (State->OtherFlags & ControlBits.FlagTf) != 0;
    }

    /// <summary>Whether an exception has been raised that is not delivered yet.</summary>
    internal bool IsFaulting => _faultVector != NoFault;

    /// <summary>Vector of the raised exception, or −1.</summary>
    internal int FaultVector => _faultVector;

    /// <summary>Error code of the raised exception.</summary>
    internal uint FaultCode => _faultCode;

    /// <summary>Linear address of the raised page fault.</summary>
    internal ulong FaultAddress { get; set; }

    /// <summary>Why the processor shut down, for the log.</summary>
    internal string? ShutdownDetail { get; private set; }

    /// <summary>Raises an exception for the running instruction. Always false, so that handlers can return it.</summary>
    internal bool Raise(byte vector, uint code = 0)
    {
        _faultVector = vector;
        _faultCode = code;
        _addressFault = false;
        return false;
    }

    /// <summary>Raises what a non-canonical address or a violated segment raises: #SS for the stack, else #GP.</summary>
    internal bool RaiseAddressFault()
    {
        Raise(ExceptionVector.GeneralProtection);
        _addressFault = true;
        return false;
    }

    /// <summary>#GP(0).</summary>
    internal bool RaiseGeneralProtection() => Raise(ExceptionVector.GeneralProtection);

    /// <summary>#UD.</summary>
    internal bool RaiseInvalidOpcode() => Raise(ExceptionVector.InvalidOpcode);

    /// <summary>Takes the raised exception back.</summary>
    internal void ClearFault() => _faultVector = NoFault;

    /// <summary>Settles, by the instruction that caused it, what an address fault is.</summary>
    internal void ResolveAddressFault(Op* op)
    {
        if (!_addressFault) return;
        bool stack = (op->Address & AddressKind.Legacy) != 0
            ? op->Address >> AddressKind.SegmentShift == SegmentRegister.Ss
            : op->Address >> AddressKind.SegmentShift == 0 && op->Base is Slot.Rsp or Slot.Rbp;
        if (stack) _faultVector = ExceptionVector.StackFault;
        _addressFault = false;
    }

    /// <summary>Delivers the raised exception; RIP is the faulting instruction's.</summary>
    /// <returns>False after a triple fault.</returns>
    internal bool DeliverFault()
    {
        int first = _faultVector;
        // For the log of a triple fault; an event meets four others at most until it is one.
        Span<(byte Vector, uint Code)> trail = stackalloc (byte, uint)[8];
        int met = 0;
        while (true)
        {
            byte vector = (byte)_faultVector;
            uint code = _faultCode;
            if (vector == ExceptionVector.PageFault) State->Cr2 = FaultAddress;
            trail[met++ & 7] = (vector, code);
            _faultVector = NoFault;
            if (TryDeliver(vector, ExceptionVector.HasErrorCode(vector), code, EventKind.Exception, State->Rip)) return true;
            if (vector == ExceptionVector.DoubleFault)
            {
                trail[met++ & 7] = ((byte)_faultVector, _faultCode);
                ShutdownDetail = DescribeTripleFault(trail[..met]);
                _faultVector = NoFault;
                Activity = ProcessorActivity.Shutdown;
                return false;
            }
            byte second = (byte)_faultVector;
            bool isDouble = first == ExceptionVector.PageFault
                ? second == ExceptionVector.PageFault || ExceptionVector.IsContributory(second)
                : ExceptionVector.IsContributory((byte)first) && ExceptionVector.IsContributory(second);
            if (isDouble) Raise(ExceptionVector.DoubleFault);
            else first = second;
        }
    }

    private string DescribeTripleFault(ReadOnlySpan<(byte Vector, uint Code)> trail)
    {
        var text = new System.Text.StringBuilder();
        foreach (var (vector, code) in trail) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"#{vector}({code:x}) ");
        return text.Append(System.Globalization.CultureInfo.InvariantCulture, $"with CR2 0x{FaultAddress:x}").ToString();
    }

    /// <summary>INT n, INT3 and INTO.</summary>
    internal bool TrySoftwareInterrupt(byte vector, ulong returnRip)
    {
        _stepHidden = true;
        return TryDeliver(vector, hasCode: false, 0, EventKind.SoftwareInterrupt, returnRip);
    }

    /// <summary>INT1, which is delivered as by hardware: whatever the gate's privilege is.</summary>
    internal bool TryDebugInterrupt(ulong returnRip)
    {
        _stepHidden = true;
        return TryDeliver(ExceptionVector.Debug, hasCode: false, 0, EventKind.Exception, returnRip);
    }

    /// <summary>Delivers an interrupt between two instructions.</summary>
    /// <returns>False after a triple fault.</returns>
    internal bool DeliverInterrupt(byte vector)
    {
        Interrupts++;
        return TryDeliver(vector, hasCode: false, 0, EventKind.ExternalInterrupt, State->Rip) || DeliverFault();
    }

    private bool TryDeliver(byte vector, bool hasCode, uint code, EventKind kind, ulong returnRip)
    {
        if (!IsProtected) return TryDeliverReal(vector, returnRip);
        uint external = kind == EventKind.SoftwareInterrupt ? 0u : 1u;
        uint gateCode = (uint)vector * 8 + 2 + external;
        bool longMode = IsLongMode;
        int gateSize = longMode ? 16 : 8;
        if ((vector + 1) * gateSize - 1 > Idtr.Limit) return Raise(ExceptionVector.GeneralProtection, gateCode);
        ulong at = Idtr.Base + (ulong)(vector * gateSize);
        if (!TryLoadSystem(at, 8, out ulong gate)) return false;
        ulong upper = 0;
        if (longMode && !TryLoadSystem(at + 8, 8, out upper)) return false;
        int attributes = (int)(gate >> 40) & 0xFF;
        int type = attributes & 0x1F;
        bool gate16 = type is TypeInterruptGate16 or TypeTrapGate16;
        bool taskGate = type == TypeTaskGate && !longMode;
        if (type is not (TypeInterruptGate or TypeTrapGate) && (longMode || !gate16) && !taskGate)
            return Raise(ExceptionVector.GeneralProtection, gateCode);
        if (kind == EventKind.SoftwareInterrupt && Dpl(attributes) < State->Cpl) return Raise(ExceptionVector.GeneralProtection, gateCode - external);
        if ((attributes & Present) == 0) return Raise(ExceptionVector.SegmentNotPresent, gateCode);
        if (taskGate)
        {
            Fail("The guest uses a task gate, which the software CPU does not implement.");
            return Raise(ExceptionVector.GeneralProtection, gateCode);
        }

        ushort selector = (ushort)(gate >> 16);
        if ((selector & 0xFFFC) == 0) return Raise(ExceptionVector.GeneralProtection, external);
        if (!TryReadDescriptor(selector, out ulong descriptor)) { if (_faultVector == ExceptionVector.GeneralProtection) _faultCode |= external; return false; }
        int codeType = Attributes(descriptor);
        uint selectorCode = ((uint)selector & 0xFFFC) + external;
        if ((codeType & (NonSystem | Code)) != (NonSystem | Code) || Dpl(codeType) > State->Cpl) return Raise(ExceptionVector.GeneralProtection, selectorCode);
        if (longMode && (codeType & (Long | Big)) != Long) return Raise(ExceptionVector.GeneralProtection, selectorCode);
        if ((codeType & Present) == 0) return Raise(ExceptionVector.SegmentNotPresent, selectorCode);
        int newCpl = (codeType & Conforming) != 0 ? State->Cpl : Dpl(codeType);

        ulong target = (gate & 0xFFFF) | (gate16 ? 0 : gate >> 32 & 0xFFFF_0000) | upper << 32;
        ulong flags = GetFlags();
        ulong pushedFlags = kind == EventKind.Exception && vector is not (ExceptionVector.Debug or ExceptionVector.Breakpoint or ExceptionVector.Overflow)
            ? flags | ControlBits.FlagRf : flags;
        bool delivered = longMode
            ? TryPushLong(newCpl, (int)(gate >> 32 & 7), pushedFlags, returnRip, hasCode, code, target)
            : TryPushProtected(newCpl, gate16 ? 2 : 4, pushedFlags, returnRip, hasCode, code);
        if (!delivered) return false;
        if (!TryCommitCodeSegment((ushort)((selector & 0xFFFC) | newCpl), descriptor, newCpl)) return false;
        SetFlags(flags & ~(ControlBits.FlagTf | ControlBits.FlagNt | ControlBits.FlagRf | ControlBits.FlagVm
            | (type is TypeInterruptGate or TypeInterruptGate16 ? ControlBits.FlagIf : 0)));
        State->Rip = target;
        return true;
    }

    private bool TryPushLong(int newCpl, int ist, ulong flags, ulong returnRip, bool hasCode, uint code, ulong target)
    {
        ulong oldRsp = State->Registers[4], rsp = oldRsp;
        if (ist != 0)
        {
            if (!TryLoadTss(0x24 + (ist - 1) * 8, 8, out rsp)) return false;
        }
        else if (newCpl < State->Cpl && !TryLoadTss(4 + newCpl * 8, 8, out rsp)) return false;
        if (!IsCanonical(target)) return Raise(ExceptionVector.GeneralProtection, 0);
        rsp &= ~15ul;
        int words = hasCode ? 6 : 5;
        ulong* frame = stackalloc ulong[6];
        ulong* next = frame;
        if (hasCode) *next++ = code;
        *next++ = returnRip;
        *next++ = Segments[SegmentRegister.Cs].Selector;
        *next++ = flags;
        *next++ = oldRsp;
        *next = Segments[SegmentRegister.Ss].Selector;
        rsp -= (ulong)(8 * words);
        if (!TryWriteBytesSlow(rsp, (byte*)frame, 8 * words, user: newCpl == 3))
        {
            if (_addressFault) { _faultVector = ExceptionVector.StackFault; _addressFault = false; }
            return false;
        }
        if (newCpl < State->Cpl) SetSegment(SegmentRegister.Ss, new SegmentState((ushort)newCpl, 0, 0, (ushort)(newCpl << 5)));
        State->Registers[4] = rsp;
        return true;
    }

    private bool TryPushProtected(int newCpl, int width, ulong flags, ulong returnRip, bool hasCode, uint code)
    {
        ulong oldSp = State->Registers[4];
        SegmentState stack = Segments[SegmentRegister.Ss];
        ulong sp = oldSp;
        bool switches = newCpl < State->Cpl;
        if (switches)
        {
            bool tss32 = (Tr.Attributes & 8) != 0;
            if (!TryLoadTss(tss32 ? 4 + newCpl * 8 : 2 + newCpl * 4, tss32 ? 4 : 2, out sp)
                || !TryLoadTss(tss32 ? 8 + newCpl * 8 : 4 + newCpl * 4, 2, out ulong ss)) return false;
            if (!TryReadDescriptor((ushort)ss, out ulong descriptor, ExceptionVector.InvalidTss)) return false;
            int type = Attributes(descriptor);
            if ((int)(ss & 3) != newCpl || Dpl(type) != newCpl || (type & (NonSystem | Code | Writable)) != (NonSystem | Writable))
                return Raise(ExceptionVector.InvalidTss, (uint)ss & 0xFFFC);
            if ((type & Present) == 0) return Raise(ExceptionVector.StackFault, (uint)ss & 0xFFFC);
            stack = MakeSegment((ushort)ss, descriptor | 1ul << 40);
        }
        ulong mask = (stack.Attributes & Big) != 0 ? uint.MaxValue : ushort.MaxValue;
        Span<ulong> values = stackalloc ulong[6];
        int count = 0;
        if (switches)
        {
            values[count++] = Segments[SegmentRegister.Ss].Selector;
            values[count++] = oldSp;
        }
        values[count++] = flags;
        values[count++] = Segments[SegmentRegister.Cs].Selector;
        values[count++] = returnRip;
        if (hasCode) values[count++] = code;
        ulong low = (sp - (ulong)(count * width)) & mask;
        if (low + (ulong)(count * width) - 1 > stack.Limit && (stack.Attributes & ExpandDown) == 0)
            return Raise(ExceptionVector.StackFault, switches ? (uint)stack.Selector & 0xFFFC : 0);
        ulong at = sp;
        for (int i = 0; i < count; i++)
        {
            at = (at - (ulong)width) & mask;
            if (!TryStoreAs((uint)(stack.Base + at), width, newCpl == 3, values[i])) return false;
        }
        if (switches) SetSegment(SegmentRegister.Ss, stack);
        State->Registers[4] = (oldSp & ~mask) | at;
        return true;
    }

    private bool TryLoadTss(int offset, int size, out ulong value)
    {
        value = 0;
        if ((uint)(offset + size - 1) > Tr.Limit || (Tr.Attributes & Present) == 0)
            return Raise(ExceptionVector.InvalidTss, (uint)Tr.Selector & 0xFFFC);
        return TryLoadSystem(Tr.Base + (ulong)offset, size, out value);
    }

    private bool TryDeliverReal(byte vector, ulong returnRip)
    {
        if (vector * 4 + 3 > Idtr.Limit) return Raise(ExceptionVector.GeneralProtection);
        if (!TryLoadSystem(Idtr.Base + (ulong)vector * 4, 4, out ulong entry)) return false;
        ulong flags = GetFlags();
        ulong sp = State->Registers[4];
        foreach (ulong value in (ReadOnlySpan<ulong>)[flags, Segments[SegmentRegister.Cs].Selector, returnRip])
        {
            sp = (sp & ~0xFFFFul) | ((sp - 2) & 0xFFFF);
            if (!TryStoreSystem((uint)(Segments[SegmentRegister.Ss].Base + (sp & 0xFFFF)), 2, value)) return false;
        }
        State->Registers[4] = sp;
        SetFlags(flags & ~(ControlBits.FlagIf | ControlBits.FlagTf | ControlBits.FlagAc | ControlBits.FlagRf));
        return TryFarJump((ushort)(entry >> 16), entry & 0xFFFF);
    }
}
