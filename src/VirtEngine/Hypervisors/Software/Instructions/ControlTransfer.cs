namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>
/// Control transfer instructions (Intel SDM vol. 1, 5.1.7) that are not in the run loop's own cases. They set RIP and leave the block.
/// </summary>
internal static unsafe class ControlTransfer<TWidth> where TWidth : struct, IWidth
{
    internal static bool Jump(Cpu cpu, Op* op) => Continue(cpu, cpu.State->BlockRip + op->Immediate);

    internal static bool JumpRegister(Cpu cpu, Op* op) => Continue(cpu, TWidth.Load((byte*)cpu.State + op->Source));

    internal static bool JumpMemory(Cpu cpu, Op* op) => cpu.TryLoad<TWidth>(cpu.EffectiveAddress(op), out ulong target) && Continue(cpu, target);

    /// <summary>Jcc; the condition is the destination.</summary>
    internal static bool JumpConditional(Cpu cpu, Op* op) =>
        LazyFlags.Test(cpu.State, op->Destination) ? Continue(cpu, cpu.State->BlockRip + op->Immediate) : cpu.LeaveAfter(op);

    internal static bool Call(Cpu cpu, Op* op) => CallTo(cpu, op, cpu.State->BlockRip + op->Immediate);

    internal static bool CallRegister(Cpu cpu, Op* op) => CallTo(cpu, op, TWidth.Load((byte*)cpu.State + op->Source));

    internal static bool CallMemory(Cpu cpu, Op* op) => cpu.TryLoad<TWidth>(cpu.EffectiveAddress(op), out ulong target) && CallTo(cpu, op, target);

    /// <summary>RET; the immediate is released from the stack.</summary>
    internal static bool Return(Cpu cpu, Op* op)
    {
        if (!cpu.TryPeek<TWidth>(0, out ulong target)) return false;
        if (cpu.Is64Bit && !Cpu.IsCanonical(target)) return cpu.RaiseGeneralProtection();
        cpu.AdjustStack((ulong)TWidth.Bytes + op->Immediate);
        return Continue(cpu, target);
    }

    internal static bool JumpFar(Cpu cpu, Op* op)
    {
        if (!TryGetFarPointer(cpu, op, out ushort selector, out ulong offset)) return false;
        cpu.TryFarJump(selector, offset);
        return false;
    }

    internal static bool CallFar(Cpu cpu, Op* op)
    {
        if (!TryGetFarPointer(cpu, op, out ushort selector, out ulong offset)) return false;
        CpuState* s = cpu.State;
        ulong before = s->Registers[4], returnRip = cpu.NextRip(op);
        ushort returnSelector = cpu.Segments[SegmentRegister.Cs].Selector;
        if (cpu.IsProtected && (!cpu.TryReadCodeSegment(selector, out ulong descriptor)
            || (!cpu.IsInsideCode(descriptor, offset) && !cpu.RaiseGeneralProtection()))) return false;
        if (cpu.TryPush<TWidth>(returnSelector) && cpu.TryPush<TWidth>(returnRip) && cpu.TryFarJump(selector, offset)) return false;
        s->Registers[4] = before;
        return false;
    }

    internal static bool ReturnFar(Cpu cpu, Op* op)
    {
        if (!cpu.TryPeek<TWidth>(0, out ulong rip) || !cpu.TryPeek<TWidth>(1, out ulong selector)) return false;
        if (!cpu.IsProtected)
        {
            cpu.AdjustStack((ulong)(2 * TWidth.Bytes) + op->Immediate);
            cpu.TryFarJump((ushort)selector, rip);
            return false;
        }
        ulong rsp = 0, ss = 0;
        if ((int)(selector & 3) > cpu.State->Cpl)
        {
            CpuState* s = cpu.State;
            ulong mask = cpu.StackMask, at = s->Registers[4] + (ulong)(2 * TWidth.Bytes) + op->Immediate;
            if (!cpu.TryLoad<TWidth>(cpu.StackAddress(at & mask, TWidth.Bytes), out rsp)
                || !cpu.TryLoad<TWidth>(cpu.StackAddress((at + (ulong)TWidth.Bytes) & mask, TWidth.Bytes), out ss)) return false;
        }
        else if ((int)(selector & 3) < cpu.State->Cpl) return cpu.Raise(ExceptionVector.GeneralProtection, (uint)selector & 0xFFFC);
        int before = cpu.State->Cpl;
        if (!cpu.TryReturn((ushort)selector, rip, (ushort)ss, rsp + op->Immediate, restoreStack: (int)(selector & 3) > before)) return false;
        if ((int)(selector & 3) == before) cpu.AdjustStack((ulong)(2 * TWidth.Bytes) + op->Immediate);
        return false;
    }

    /// <summary>IRET in all modes.</summary>
    internal static bool InterruptReturn(Cpu cpu, Op* op)
    {
        CpuState* s = cpu.State;
        if (!cpu.TryPeek<TWidth>(0, out ulong rip) || !cpu.TryPeek<TWidth>(1, out ulong selector) || !cpu.TryPeek<TWidth>(2, out ulong flags)) return false;
        ulong old = cpu.GetFlags(), changeable = cpu.ChangeableFlags(TWidth.Bits);
        if (!cpu.IsProtected)
        {
            cpu.AdjustStack((ulong)(3 * TWidth.Bytes));
            cpu.TryFarJump((ushort)selector, rip);
            cpu.SetFlags((old & ~changeable) | (flags & changeable));
            cpu.UnblockNmi();
            return false;
        }
        if ((old & ControlBits.FlagNt) != 0) return cpu.IsLongMode ? cpu.RaiseGeneralProtection() : cpu.RefuseTaskReturn();
        if ((flags & ControlBits.FlagVm) != 0 && s->Cpl == 0 && !cpu.IsLongMode && TWidth.Bits == 32)
        {
            cpu.Fail("The guest enters virtual-8086 mode, which the software CPU does not implement.");
            return cpu.RaiseGeneralProtection();
        }
        if ((int)(selector & 3) < s->Cpl) return cpu.Raise(ExceptionVector.GeneralProtection, (uint)selector & 0xFFFC);
        bool restoreStack = cpu.Is64Bit || (int)(selector & 3) > s->Cpl;
        ulong rsp = 0, ss = 0;
        if (restoreStack && (!cpu.TryPeek<TWidth>(3, out rsp) || !cpu.TryPeek<TWidth>(4, out ss))) return false;
        if (!cpu.TryReturn((ushort)selector, rip, (ushort)ss, rsp, restoreStack)) return false;
        if (!restoreStack) cpu.AdjustStack((ulong)(3 * TWidth.Bytes));
        cpu.SetFlags((old & ~changeable) | (flags & changeable));
        cpu.UnblockNmi();
        return false;
    }

    /// <summary>LOOP, LOOPE, LOOPNE and JCXZ; the destination tells which (0 LOOPNE, 1 LOOPE, 2 LOOP, 3 JCXZ).</summary>
    internal static bool Loop(Cpu cpu, Op* op)
    {
        CpuState* s = cpu.State;
        ulong mask = (op->Address & AddressKind.Bits16) != 0 ? ushort.MaxValue : (op->Address & AddressKind.Bits32) != 0 ? uint.MaxValue : ulong.MaxValue;
        if (op->Destination == 3)
            return (s->Registers[1] & mask) == 0 ? Continue(cpu, s->BlockRip + op->Immediate) : cpu.LeaveAfter(op);
        ulong count = (s->Registers[1] - 1) & mask;
        s->Registers[1] = mask == ushort.MaxValue ? (s->Registers[1] & ~mask) | count : count;
        bool jump = count != 0 && (op->Destination == 2 || LazyFlags.GetZero(s) == (op->Destination == 1));
        return jump ? Continue(cpu, s->BlockRip + op->Immediate) : cpu.LeaveAfter(op);
    }

    private static bool CallTo(Cpu cpu, Op* op, ulong target)
    {
        if (cpu.Is64Bit && !Cpu.IsCanonical(target)) return cpu.RaiseGeneralProtection();
        return cpu.TryPush<TWidth>(cpu.NextRip(op)) && Continue(cpu, target);
    }

    private static bool Continue(Cpu cpu, ulong target)
    {
        if (cpu.Is64Bit && !Cpu.IsCanonical(target)) return cpu.RaiseGeneralProtection();
        cpu.State->Rip = TWidth.Truncate(target) & cpu.State->RipMask;
        return false;
    }

    // A far pointer is the immediate (offset low, selector in bits 48–63 for ptr16:16 and ptr16:32) or in memory, offset first.
    private static bool TryGetFarPointer(Cpu cpu, Op* op, out ushort selector, out ulong offset)
    {
        selector = (ushort)(op->Immediate >> 48);
        offset = op->Immediate & 0xFFFF_FFFF;
        if (op->Source == 0) return true;
        ulong linear = cpu.EffectiveAddress(op);
        if (!cpu.TryLoad<TWidth>(linear, out offset) || !cpu.TryLoad<Width16>(linear + (ulong)TWidth.Bytes, out ulong value)) return false;
        selector = (ushort)value;
        return true;
    }
}
