using System.Runtime.CompilerServices;
using VirtEngine.Hypervisors.Software.Instructions;

namespace VirtEngine.Hypervisors.Software;

/// <summary>
/// The run loop: executes blocks one after another until something needs the outside. One switch over the op kinds; what a case does is
/// what the instruction's handler does, inlined.
/// </summary>
internal static unsafe class Interpreter
{
    /// <summary>
    /// Runs from <paramref name="block"/>, whose code is at RIP. Comes back with RIP at the next instruction when work is pending, or at
    /// the faulting one when a fault is raised.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(Cpu cpu, Block* block)
    {
        CpuState* s = cpu.State;
        ulong rip = s->Rip;
        Block** link;
        Op* op;

    Enter:
        s->BlockRip = rip;
        s->Instructions += block->Instructions;
        cpu.CurrentBlock = block;
        op = Block.Ops(block);

        while (true)
        {
            switch (op->Kind)
            {
                case OpCase.Call:
                    if (!op->Handler(cpu, op)) goto Left;
                    op++;
                    continue;
                case OpCase.Nop:
                    op++;
                    continue;

                case OpCase.MovRR32: *(ulong*)((byte*)s + op->Destination) = *(uint*)((byte*)s + op->Source); op++; continue;
                case OpCase.MovRR64: *(ulong*)((byte*)s + op->Destination) = *(ulong*)((byte*)s + op->Source); op++; continue;
                case OpCase.MovRI8: *((byte*)s + op->Destination) = (byte)op->Immediate; op++; continue;
                case OpCase.MovRI32: *(ulong*)((byte*)s + op->Destination) = (uint)op->Immediate; op++; continue;
                case OpCase.MovRI64: *(ulong*)((byte*)s + op->Destination) = op->Immediate; op++; continue;
                case OpCase.Load8: if (!DataTransfer<Width8>.Load(cpu, op)) goto Left; op++; continue;
                case OpCase.Load32: if (!DataTransfer<Width32>.Load(cpu, op)) goto Left; op++; continue;
                case OpCase.Load64: if (!DataTransfer<Width64>.Load(cpu, op)) goto Left; op++; continue;
                case OpCase.LoadZero8: if (!Extension<Width8, Width64>.ZeroMemory(cpu, op)) goto Left; op++; continue;
                case OpCase.LoadZero16: if (!Extension<Width16, Width64>.ZeroMemory(cpu, op)) goto Left; op++; continue;
                case OpCase.LoadSign32: if (!Extension<Width32, Width64>.SignMemory(cpu, op)) goto Left; op++; continue;
                case OpCase.Store8: if (!DataTransfer<Width8>.Store(cpu, op)) goto Left; op++; continue;
                case OpCase.Store16: if (!DataTransfer<Width16>.Store(cpu, op)) goto Left; op++; continue;
                case OpCase.Store32: if (!DataTransfer<Width32>.Store(cpu, op)) goto Left; op++; continue;
                case OpCase.Store64: if (!DataTransfer<Width64>.Store(cpu, op)) goto Left; op++; continue;
                case OpCase.StoreI8: if (!DataTransfer<Width8>.StoreImmediate(cpu, op)) goto Left; op++; continue;
                case OpCase.StoreI32: if (!DataTransfer<Width32>.StoreImmediate(cpu, op)) goto Left; op++; continue;
                case OpCase.StoreI64: if (!DataTransfer<Width64>.StoreImmediate(cpu, op)) goto Left; op++; continue;
                case OpCase.ZeroRR8: *(ulong*)((byte*)s + op->Destination) = *((byte*)s + op->Source); op++; continue;
                case OpCase.ZeroRR16: *(ulong*)((byte*)s + op->Destination) = *(ushort*)((byte*)s + op->Source); op++; continue;
                case OpCase.SignRR32: *(long*)((byte*)s + op->Destination) = *(int*)((byte*)s + op->Source); op++; continue;
                case OpCase.Lea32: DataTransfer<Width32>.LoadEffectiveAddress(cpu, op); op++; continue;
                case OpCase.Lea64: DataTransfer<Width64>.LoadEffectiveAddress(cpu, op); op++; continue;

                case OpCase.AddRR32: Binary<Add, Width32>.RR(s, op); op++; continue;
                case OpCase.AddRR64: Binary<Add, Width64>.RR(s, op); op++; continue;
                case OpCase.AddRI32: Binary<Add, Width32>.RI(s, op); op++; continue;
                case OpCase.AddRI64: Binary<Add, Width64>.RI(s, op); op++; continue;
                case OpCase.AddRM32: if (!Binary<Add, Width32>.TryRM(cpu, s, op)) goto Left; op++; continue;
                case OpCase.AddRM64: if (!Binary<Add, Width64>.TryRM(cpu, s, op)) goto Left; op++; continue;
                case OpCase.AddMR64: if (!Binary<Add, Width64>.TryMR(cpu, s, op)) goto Left; op++; continue;
                case OpCase.AddMI32: if (!Binary<Add, Width32>.TryMI(cpu, s, op)) goto Left; op++; continue;
                case OpCase.AddMI64: if (!Binary<Add, Width64>.TryMI(cpu, s, op)) goto Left; op++; continue;
                case OpCase.SubRR32: Binary<Subtract, Width32>.RR(s, op); op++; continue;
                case OpCase.SubRR64: Binary<Subtract, Width64>.RR(s, op); op++; continue;
                case OpCase.SubRI32: Binary<Subtract, Width32>.RI(s, op); op++; continue;
                case OpCase.SubRI64: Binary<Subtract, Width64>.RI(s, op); op++; continue;
                case OpCase.SubRM64: if (!Binary<Subtract, Width64>.TryRM(cpu, s, op)) goto Left; op++; continue;
                case OpCase.AndRR32: Binary<And, Width32>.RR(s, op); op++; continue;
                case OpCase.AndRR64: Binary<And, Width64>.RR(s, op); op++; continue;
                case OpCase.AndRI8: Binary<And, Width8>.RI(s, op); op++; continue;
                case OpCase.AndRI32: Binary<And, Width32>.RI(s, op); op++; continue;
                case OpCase.AndRI64: Binary<And, Width64>.RI(s, op); op++; continue;
                case OpCase.AndRM64: if (!Binary<And, Width64>.TryRM(cpu, s, op)) goto Left; op++; continue;
                case OpCase.OrRR32: Binary<Or, Width32>.RR(s, op); op++; continue;
                case OpCase.OrRR64: Binary<Or, Width64>.RR(s, op); op++; continue;
                case OpCase.OrRI32: Binary<Or, Width32>.RI(s, op); op++; continue;
                case OpCase.OrRI64: Binary<Or, Width64>.RI(s, op); op++; continue;
                case OpCase.OrRM64: if (!Binary<Or, Width64>.TryRM(cpu, s, op)) goto Left; op++; continue;
                case OpCase.XorRR32: Binary<Xor, Width32>.RR(s, op); op++; continue;
                case OpCase.XorRR64: Binary<Xor, Width64>.RR(s, op); op++; continue;
                case OpCase.XorRI32: Binary<Xor, Width32>.RI(s, op); op++; continue;
                case OpCase.XorRM32: if (!Binary<Xor, Width32>.TryRM(cpu, s, op)) goto Left; op++; continue;
                case OpCase.XorRM64: if (!Binary<Xor, Width64>.TryRM(cpu, s, op)) goto Left; op++; continue;
                case OpCase.CmpRR8: Binary<Compare, Width8>.RR(s, op); op++; continue;
                case OpCase.CmpRR32: Binary<Compare, Width32>.RR(s, op); op++; continue;
                case OpCase.CmpRR64: Binary<Compare, Width64>.RR(s, op); op++; continue;
                case OpCase.CmpRI8: Binary<Compare, Width8>.RI(s, op); op++; continue;
                case OpCase.CmpRI32: Binary<Compare, Width32>.RI(s, op); op++; continue;
                case OpCase.CmpRI64: Binary<Compare, Width64>.RI(s, op); op++; continue;
                case OpCase.CmpRM32: if (!Binary<Compare, Width32>.TryRM(cpu, s, op)) goto Left; op++; continue;
                case OpCase.CmpRM64: if (!Binary<Compare, Width64>.TryRM(cpu, s, op)) goto Left; op++; continue;
                case OpCase.CmpMR32: if (!Binary<Compare, Width32>.TryMR(cpu, s, op)) goto Left; op++; continue;
                case OpCase.CmpMR64: if (!Binary<Compare, Width64>.TryMR(cpu, s, op)) goto Left; op++; continue;
                case OpCase.CmpMI8: if (!Binary<Compare, Width8>.TryMI(cpu, s, op)) goto Left; op++; continue;
                case OpCase.CmpMI16: if (!Binary<Compare, Width16>.TryMI(cpu, s, op)) goto Left; op++; continue;
                case OpCase.CmpMI32: if (!Binary<Compare, Width32>.TryMI(cpu, s, op)) goto Left; op++; continue;
                case OpCase.CmpMI64: if (!Binary<Compare, Width64>.TryMI(cpu, s, op)) goto Left; op++; continue;
                case OpCase.TestRR8: Binary<Test, Width8>.RR(s, op); op++; continue;
                case OpCase.TestRR32: Binary<Test, Width32>.RR(s, op); op++; continue;
                case OpCase.TestRR64: Binary<Test, Width64>.RR(s, op); op++; continue;
                case OpCase.TestRI8: Binary<Test, Width8>.RI(s, op); op++; continue;
                case OpCase.TestRI32: Binary<Test, Width32>.RI(s, op); op++; continue;
                case OpCase.TestMI8: if (!Binary<Test, Width8>.TryMI(cpu, s, op)) goto Left; op++; continue;
                case OpCase.TestMI32: if (!Binary<Test, Width32>.TryMI(cpu, s, op)) goto Left; op++; continue;
                case OpCase.IncR32: Unary<Increment, Width32>.R(s, op); op++; continue;
                case OpCase.IncR64: Unary<Increment, Width64>.R(s, op); op++; continue;
                case OpCase.DecR32: Unary<Decrement, Width32>.R(s, op); op++; continue;
                case OpCase.DecR64: Unary<Decrement, Width64>.R(s, op); op++; continue;
                case OpCase.ShlRI32: Shift<ShiftLeft, Width32>.RI(s, op); op++; continue;
                case OpCase.ShlRI64: Shift<ShiftLeft, Width64>.RI(s, op); op++; continue;
                case OpCase.ShrRI32: Shift<ShiftRight, Width32>.RI(s, op); op++; continue;
                case OpCase.ShrRI64: Shift<ShiftRight, Width64>.RI(s, op); op++; continue;
                case OpCase.SarRI32: Shift<ShiftArithmeticRight, Width32>.RI(s, op); op++; continue;
                case OpCase.SarRI64: Shift<ShiftArithmeticRight, Width64>.RI(s, op); op++; continue;

                // 64-bit operands on the stack exist in 64-bit mode only: no segment, no narrower stack pointer.
                case OpCase.Push64:
                {
                    ulong top = s->Registers[4] - 8;
                    if (!cpu.TryStore<Width64>(top, *(ulong*)((byte*)s + op->Source))) goto LeftStack;
                    s->Registers[4] = top;
                    op++;
                    continue;
                }
                case OpCase.Pop64:
                {
                    if (!cpu.TryLoad<Width64>(s->Registers[4], out ulong value)) goto LeftStack;
                    s->Registers[4] += 8;
                    *(ulong*)((byte*)s + op->Destination) = value;
                    op++;
                    continue;
                }

                case OpCase.Jump: goto Taken;
                case OpCase.JumpIf: if (LazyFlags.Test(s, op->Destination)) goto Taken; goto NotTaken;
                case OpCase.CallNear:
                {
                    ulong top = s->Registers[4] - 8;
                    if (!cpu.TryStore<Width64>(top, s->BlockRip + op->NextOffset)) goto LeftStack;
                    s->Registers[4] = top;
                    goto Taken;
                }
                case OpCase.ReturnNear:
                {
                    if (!cpu.TryLoad<Width64>(s->Registers[4], out rip)) goto LeftStack;
                    if (!Cpu.IsCanonical(rip)) { cpu.RaiseGeneralProtection(); goto Left; }
                    s->Registers[4] += 8 + op->Immediate;
                    goto Indirect;
                }
                case OpCase.JumpRegister64:
                    rip = *(ulong*)((byte*)s + op->Source);
                    if (!Cpu.IsCanonical(rip)) { cpu.RaiseGeneralProtection(); goto Left; }
                    goto Indirect;
                case OpCase.JumpMemory64:
                    if (!cpu.TryLoad<Width64>(cpu.EffectiveAddress(op), out rip)) goto Left;
                    if (!Cpu.IsCanonical(rip)) { cpu.RaiseGeneralProtection(); goto Left; }
                    goto Indirect;
                case OpCase.CallRegister64:
                    rip = *(ulong*)((byte*)s + op->Source);
                    goto CallIndirect;
                case OpCase.CallMemory64:
                    if (!cpu.TryLoad<Width64>(cpu.EffectiveAddress(op), out rip)) goto Left;
                    goto CallIndirect;

                case OpCase.CmpRRJump32: Binary<Compare, Width32>.RR(s, op); goto Fused;
                case OpCase.CmpRRJump64: Binary<Compare, Width64>.RR(s, op); goto Fused;
                case OpCase.CmpRIJump32: Binary<Compare, Width32>.RI(s, op); goto Fused;
                case OpCase.CmpRIJump64: Binary<Compare, Width64>.RI(s, op); goto Fused;
                case OpCase.TestRRJump8: Binary<Test, Width8>.RR(s, op); goto Fused;
                case OpCase.TestRRJump32: Binary<Test, Width32>.RR(s, op); goto Fused;
                case OpCase.TestRRJump64: Binary<Test, Width64>.RR(s, op); goto Fused;
                case OpCase.DecJump32: Unary<Decrement, Width32>.R(s, op); goto Fused;
                case OpCase.DecJump64: Unary<Decrement, Width64>.R(s, op); goto Fused;

                case OpCase.EndOfBlock:
                    rip = (s->BlockRip + op->Offset) & s->RipMask;
                    link = &block->NotTaken;
                    goto Direct;
                default:
                    s->Rip = cpu.RipOf(op);
                    s->Instructions -= Block.Ops(block) + block->OpCount - op;
                    return;
            }
        }

    CallIndirect:
        {
            if (!Cpu.IsCanonical(rip)) { cpu.RaiseGeneralProtection(); goto Left; }
            ulong top = s->Registers[4] - 8;
            if (!cpu.TryStore<Width64>(top, s->BlockRip + op->NextOffset)) goto LeftStack;
            s->Registers[4] = top;
            goto Indirect;
        }

    Fused:
        // The jump's distance is the displacement: the immediate may be the comparison's.
        if (LazyFlags.Test(s, op->Scale))
        {
            rip = (s->BlockRip + (ulong)(long)op->Displacement) & s->RipMask;
            link = &block->Taken;
            goto Direct;
        }

    NotTaken:
        rip = (s->BlockRip + op->NextOffset) & s->RipMask;
        link = &block->NotTaken;
        goto Direct;

    Taken:
        rip = (s->BlockRip + op->Immediate) & s->RipMask;
        link = &block->Taken;

    Direct:
        if (s->Pending != 0) { s->Rip = rip; return; }
        {
            Block* next = *link;
            if (next != null && *next->VersionPointer == next->Version)
            {
                block = next;
                goto Enter;
            }
            int epoch = cpu.Blocks.Epoch;
            ulong from = s->BlockRip;
            next = cpu.FindBlock(rip);
            if (next == null) { s->Rip = rip; return; }
            // Within a page the way there stays the same; across pages the mapping may change without this block being looked up again.
            if (((rip ^ from) >> Memory.GuestMemory.PageShift) == 0 && epoch == cpu.Blocks.Epoch && !next->Crosses) *link = next;
            block = next;
            goto Enter;
        }

    Indirect:
        if (s->Pending != 0) { s->Rip = rip; return; }
        {
            Block* next = cpu.FindBlock(rip);
            if (next == null) { s->Rip = rip; return; }
            block = next;
            goto Enter;
        }

    LeftStack:
        cpu.ResolveStackFault();
    Left:
        s->Instructions -= Block.Ops(block) + block->OpCount - op - 1;
        if (!cpu.IsFaulting) return;
        cpu.ResolveAddressFault(op);
        s->Rip = cpu.RipOf(op);
    }
}
