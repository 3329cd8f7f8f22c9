using static VirtEngine.Hypervisors.Software.DescriptorBits;

namespace VirtEngine.Hypervisors.Software;

/// <content>Operating modes, segment registers and descriptors (Intel SDM vol. 3, chapters 3 and 5).</content>
internal sealed unsafe partial class Cpu
{
    /// <summary>ES, CS, SS, DS, FS, GS with their hidden parts.</summary>
    internal readonly SegmentState[] Segments = new SegmentState[6];

    internal SegmentState Ldtr, Tr;
    internal TableState Gdtr, Idtr;

    /// <summary>16, 32 or 64: the size of code as CS says.</summary>
    internal int CodeBits { get; private set; }

    internal bool IsProtected => (State->Cr0 & ControlBits.Cr0Pe) != 0;

    internal bool IsLongMode => (State->Efer & ControlBits.EferLma) != 0;

    internal bool Is64Bit => CodeBits == 64;

    /// <summary>Bytes that PUSH and CALL take the stack pointer to have.</summary>
    internal ulong StackMask => Is64Bit ? ulong.MaxValue : (Segments[SegmentRegister.Ss].Attributes & Big) != 0 ? uint.MaxValue : ushort.MaxValue;

    /// <summary>Follows a change of CR0, EFER, CS or the privilege level.</summary>
    internal void UpdateMode()
    {
        int attributes = Segments[SegmentRegister.Cs].Attributes;
        CodeBits = IsLongMode && (attributes & Long) != 0 ? 64 : (attributes & Big) != 0 ? 32 : 16;
        State->RipMask = CodeBits == 64 ? ulong.MaxValue : CodeBits == 32 ? uint.MaxValue : ushort.MaxValue;
        State->Tlb = State->Cpl == 3 ? _tlbs + TlbSize : _tlbs;
        UpdateContext();
    }

    private void UpdateContext() => Context = _generation << 3 | (ulong)(CodeBits >> 5) << 1 | (State->Cpl == 3 ? 1ul : 0);

    /// <summary>Replaces a segment register with its hidden part.</summary>
    internal void SetSegment(int index, in SegmentState segment)
    {
        // The jump cache knows code by its offset in CS.
        if (index == SegmentRegister.Cs && State->SegmentBase[index] != segment.Base) NewContext();
        Segments[index] = segment;
        State->SegmentBase[index] = segment.Base;
    }

    /// <summary>Sets the privilege level; <see cref="UpdateMode"/> must follow.</summary>
    private void SetCpl(int level) => State->Cpl = level;

    /// <summary>
    /// The linear address of an operand in legacy and compatibility mode, or <see cref="AddressKind.SegmentViolation"/> if the segment does
    /// not allow the access.
    /// </summary>
    internal ulong SegmentAddress(int segment, ulong offset, int size, bool write)
    {
        if (Is64Bit) return segment >= SegmentRegister.Fs ? offset + State->SegmentBase[segment] : offset;
        ref readonly SegmentState s = ref Segments[segment];
        ulong last = offset + (ulong)(size - 1);
        int type = s.Attributes;
        if (IsProtected)
        {
            if ((type & Present) == 0) return AddressKind.SegmentViolation;
            if ((type & Code) != 0 ? write || (type & Readable) == 0 : write && (type & Writable) == 0) return AddressKind.SegmentViolation;
        }
        bool inside = (type & (Code | ExpandDown)) == ExpandDown
            ? offset > s.Limit && last <= ((type & Big) != 0 ? uint.MaxValue : ushort.MaxValue)
            : last <= s.Limit;
        return inside ? (uint)(s.Base + offset) : AddressKind.SegmentViolation;
    }

    /// <summary>Reads a descriptor's first eight bytes from the GDT or LDT.</summary>
    /// <returns>False if a #GP with the selector has been raised: it is null or beyond the table.</returns>
    internal bool TryReadDescriptor(ushort selector, out ulong descriptor, byte vector = ExceptionVector.GeneralProtection)
    {
        descriptor = 0;
        if ((selector & 0xFFFC) == 0) return Raise(vector, 0);
        bool local = (selector & 4) != 0;
        ulong at = (ulong)(selector & 0xFFF8);
        ulong limit = local ? Ldtr.Limit : Gdtr.Limit;
        if (at + 7 > limit || (local && (Ldtr.Attributes & Present) == 0)) return Raise(vector, (uint)selector & 0xFFFC);
        return TryLoadSystem((local ? Ldtr.Base : Gdtr.Base) + at, 8, out descriptor);
    }

    /// <summary>Reads the upper eight bytes of a 16-byte system descriptor in long mode.</summary>
    internal bool TryReadUpperDescriptor(ushort selector, out ulong upper)
    {
        upper = 0;
        ulong at = (ulong)(selector & 0xFFF8) + 8;
        if (at + 7 > ((selector & 4) != 0 ? Ldtr.Limit : Gdtr.Limit)) return Raise(ExceptionVector.GeneralProtection, (uint)selector & 0xFFFC);
        return TryLoadSystem(((selector & 4) != 0 ? Ldtr.Base : Gdtr.Base) + at, 8, out upper);
    }

    /// <summary>Writes the type's accessed (or busy) bit back to the table.</summary>
    private bool TryMarkDescriptor(ushort selector, ulong descriptor, int bit)
    {
        ulong wanted = descriptor | (ulong)bit << 40;
        return wanted == descriptor || TryStoreSystem(((selector & 4) != 0 ? Ldtr.Base : Gdtr.Base) + (ulong)(selector & 0xFFF8) + 5, 1, wanted >> 40 & 0xFF);
    }

    private static SegmentState MakeSegment(ushort selector, ulong descriptor) =>
        new(selector, Base(descriptor), Limit(descriptor), Attributes(descriptor));

    /// <summary>MOV and POP to a segment register other than CS.</summary>
    internal bool TryLoadSegment(int index, ushort selector)
    {
        if (!IsProtected)
        {
            // The limit and rights stay what they were: "unreal mode" lives from that.
            SetSegment(index, Segments[index] with { Selector = selector, Base = (ulong)selector << 4 });
            return true;
        }
        int cpl = State->Cpl;
        if ((selector & 0xFFFC) == 0)
        {
            if (index == SegmentRegister.Ss && (!Is64Bit || cpl == 3 || (selector & 3) != cpl)) return Raise(ExceptionVector.GeneralProtection, 0);
            // In 64-bit mode the base survives on AMD and becomes 0 on Intel; Linux copes with both.
            SetSegment(index, new SegmentState(selector, 0, 0, (ushort)(index == SegmentRegister.Ss ? cpl << 5 : 0)));
            return true;
        }
        if (!TryReadDescriptor(selector, out ulong descriptor)) return false;
        int type = Attributes(descriptor), dpl = Dpl(type), rpl = selector & 3;
        uint code = (uint)selector & 0xFFFC;
        if (index == SegmentRegister.Ss)
        {
            if (rpl != cpl || dpl != cpl || (type & (NonSystem | Code | Writable)) != (NonSystem | Writable)) return Raise(ExceptionVector.GeneralProtection, code);
            if ((type & Present) == 0) return Raise(ExceptionVector.StackFault, code);
        }
        else
        {
            if ((type & NonSystem) == 0 || (type & (Code | Readable)) == Code) return Raise(ExceptionVector.GeneralProtection, code);
            bool conforming = (type & (Code | Conforming)) == (Code | Conforming);
            if (!conforming && (rpl > dpl || cpl > dpl)) return Raise(ExceptionVector.GeneralProtection, code);
            if ((type & Present) == 0) return Raise(ExceptionVector.SegmentNotPresent, code);
        }
        if (!TryMarkDescriptor(selector, descriptor, Accessed)) return false;
        SetSegment(index, MakeSegment(selector, descriptor | 1ul << 40));
        return true;
    }

    /// <summary>Checks a code segment for a far jump or call at the current privilege, without loading it.</summary>
    internal bool TryReadCodeSegment(ushort selector, out ulong descriptor)
    {
        if (!TryReadDescriptor(selector, out descriptor)) return false;
        int type = Attributes(descriptor), dpl = Dpl(type), rpl = selector & 3, cpl = State->Cpl;
        uint code = (uint)selector & 0xFFFC;
        if ((type & NonSystem) == 0) return RefuseSystemTransfer(selector, type);
        if ((type & Code) == 0) return Raise(ExceptionVector.GeneralProtection, code);
        if ((type & Conforming) != 0 ? dpl > cpl : rpl > cpl || dpl != cpl) return Raise(ExceptionVector.GeneralProtection, code);
        if ((type & Present) == 0) return Raise(ExceptionVector.SegmentNotPresent, code);
        if (IsLongMode && (type & (Long | Big)) == (Long | Big)) return Raise(ExceptionVector.GeneralProtection, code);
        return true;
    }

    /// <summary>
    /// A far transfer by a gate or to a task: refused as the processor refuses it where the descriptor does not allow it, or else the end of
    /// the machine, because it is not implemented. User code must not get so far: to what the kernel keeps for itself it has no right.
    /// </summary>
    private bool RefuseSystemTransfer(ushort selector, int type)
    {
        uint code = (uint)selector & 0xFFFC;
        bool exists = IsLongMode ? (type & 15) == TypeCallGate : (type & 15) is TypeCallGate or TypeCallGate16 or TypeTaskGate or TypeTssAvailable
            or TypeTssAvailable16;
        if (!exists || Dpl(type) < Math.Max(State->Cpl, selector & 3)) return Raise(ExceptionVector.GeneralProtection, code);
        if ((type & Present) == 0) return Raise(ExceptionVector.SegmentNotPresent, code);
        Fail($"The guest used a call gate, task gate or TSS (selector 0x{selector:x}) for a far transfer, which the software CPU does not implement.");
        return Raise(ExceptionVector.GeneralProtection, code);
    }

    /// <summary>IRET from a nested task in legacy mode: the same for the task that the current one's state names.</summary>
    internal bool RefuseTaskReturn()
    {
        if (!TryLoadTss(0, 2, out ulong link)) return false;
        var selector = (ushort)link;
        uint code = (uint)selector & 0xFFFC;
        if ((selector & 4) != 0 || code == 0) return Raise(ExceptionVector.InvalidTss, code);
        if (!TryReadDescriptor(selector, out ulong descriptor, ExceptionVector.InvalidTss)) return false;
        int type = Attributes(descriptor);
        if ((type & 0x1F) is not (TypeTssBusy or TypeTssBusy16)) return Raise(ExceptionVector.InvalidTss, code);
        if ((type & Present) == 0) return Raise(ExceptionVector.SegmentNotPresent, code);
        Fail("The guest returns from a nested task, which the software CPU does not implement.");
        return Raise(ExceptionVector.InvalidTss, code);
    }

    /// <summary>Loads CS after its checks, for code at privilege <paramref name="cpl"/>.</summary>
    internal bool TryCommitCodeSegment(ushort selector, ulong descriptor, int cpl)
    {
        if (!TryMarkDescriptor(selector, descriptor, Accessed)) return false;
        SetSegment(SegmentRegister.Cs, MakeSegment((ushort)((selector & 0xFFFC) | cpl), descriptor | 1ul << 40));
        SetCpl(cpl);
        UpdateMode();
        return true;
    }

    /// <summary>Whether code may run at <paramref name="rip"/> in a segment with this descriptor.</summary>
    internal bool IsInsideCode(ulong descriptor, ulong rip) =>
        IsLongMode && (Attributes(descriptor) & Long) != 0 ? IsCanonical(rip) : rip <= Limit(descriptor);

    /// <summary>JMP far and CALL far, the part after pushing: loads CS and continues at <paramref name="rip"/>.</summary>
    internal bool TryFarJump(ushort selector, ulong rip)
    {
        if (!IsProtected)
        {
            SetSegment(SegmentRegister.Cs, Segments[SegmentRegister.Cs] with { Selector = selector, Base = (ulong)selector << 4 });
            State->Rip = rip & 0xFFFF;
            UpdateMode();
            return true;
        }
        if (!TryReadCodeSegment(selector, out ulong descriptor)) return false;
        if (!IsInsideCode(descriptor, rip)) return Raise(ExceptionVector.GeneralProtection, 0);
        if (!TryCommitCodeSegment(selector, descriptor, State->Cpl)) return false;
        State->Rip = rip & State->RipMask;
        return true;
    }

    /// <summary>Loads CS and SS as SYSCALL, SYSENTER and their returns do: flat, without reading descriptors.</summary>
    internal void EnterFlat(ushort selector, int cpl, bool bits64, ushort? stackSelector = null)
    {
        int common = Present | NonSystem | Accessed | Writable | Granular | cpl << 5;
        SetSegment(SegmentRegister.Cs, new SegmentState(selector, 0, uint.MaxValue, (ushort)(common | Code | (bits64 ? Long : Big))));
        SetSegment(SegmentRegister.Ss, new SegmentState(stackSelector ?? (ushort)(selector + 8), 0, uint.MaxValue, (ushort)(common | Big)));
        SetCpl(cpl);
        UpdateMode();
    }

    /// <summary>LLDT.</summary>
    internal bool TryLoadLdtr(ushort selector)
    {
        if ((selector & 0xFFFC) == 0) { Ldtr = new SegmentState(selector, 0, 0, 0); return true; }
        if (!TryReadSystemDescriptor(selector, out var segment)) return false;
        if ((segment.Attributes & 0x1F) != TypeLdt) return Raise(ExceptionVector.GeneralProtection, (uint)selector & 0xFFFC);
        if ((segment.Attributes & Present) == 0) return Raise(ExceptionVector.SegmentNotPresent, (uint)selector & 0xFFFC);
        Ldtr = segment;
        return true;
    }

    /// <summary>LTR.</summary>
    internal bool TryLoadTr(ushort selector)
    {
        if (!TryReadSystemDescriptor(selector, out var segment)) return false;
        int type = segment.Attributes & 0x1F;
        if (type != TypeTssAvailable && (type != 1 || IsLongMode)) return Raise(ExceptionVector.GeneralProtection, (uint)selector & 0xFFFC);
        if ((segment.Attributes & Present) == 0) return Raise(ExceptionVector.SegmentNotPresent, (uint)selector & 0xFFFC);
        if (!TryReadDescriptor(selector, out ulong descriptor) || !TryMarkDescriptor(selector, descriptor, 2)) return false;
        Tr = segment with { Attributes = (ushort)(segment.Attributes | 2) };
        return true;
    }

    private bool TryReadSystemDescriptor(ushort selector, out SegmentState segment)
    {
        segment = default;
        if ((selector & 4) != 0) return Raise(ExceptionVector.GeneralProtection, (uint)selector & 0xFFFC);
        if (!TryReadDescriptor(selector, out ulong descriptor)) return false;
        segment = MakeSegment(selector, descriptor);
        if (!IsLongMode) return true;
        if (!TryReadUpperDescriptor(selector, out ulong upper)) return false;
        segment = segment with { Base = segment.Base | upper << 32 };
        return true;
    }
}
