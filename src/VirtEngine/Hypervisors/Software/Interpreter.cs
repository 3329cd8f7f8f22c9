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
                // The order of the cases is their weight: the JIT stops inlining when its budget is used up, and calls the rest.
                case OpCase.CmpRRJump32: if (CompareRR<Width32>(s, op)) goto FusedTaken; goto NotTaken;
                case OpCase.CmpRRJump64: if (CompareRR<Width64>(s, op)) goto FusedTaken; goto NotTaken;
                case OpCase.CmpRIJump32: if (CompareRI<Width32>(s, op)) goto FusedTaken; goto NotTaken;
                case OpCase.CmpRIJump64: if (CompareRI<Width64>(s, op)) goto FusedTaken; goto NotTaken;
                case OpCase.TestRRJump8: if (TestRR<Width8>(s, op)) goto FusedTaken; goto NotTaken;
                case OpCase.TestRRJump32: if (TestRR<Width32>(s, op)) goto FusedTaken; goto NotTaken;
                case OpCase.TestRRJump64: if (TestRR<Width64>(s, op)) goto FusedTaken; goto NotTaken;
                case OpCase.DecJump32: if (DecrementR<Width32>(s, op)) goto FusedTaken; goto NotTaken;
                case OpCase.DecJump64: if (DecrementR<Width64>(s, op)) goto FusedTaken; goto NotTaken;

                // 64-bit operands on the stack exist in 64-bit mode only: no segment, no narrower stack pointer.
                case OpCase.Push64:
                {
                    ulong top = s->Registers[4] - 8;
                    if (!cpu.TryStore<Width64>(s, top, *(ulong*)((byte*)s + op->Source))) goto LeftStack;
                    s->Registers[4] = top;
                    op++;
                    continue;
                }
                case OpCase.Pop64:
                {
                    if (!cpu.TryLoad<Width64>(s, s->Registers[4], out ulong value)) goto LeftStack;
                    s->Registers[4] += 8;
                    *(ulong*)((byte*)s + op->Destination) = value;
                    op++;
                    continue;
                }

                case OpCase.Jump: goto Taken;
                case OpCase.JumpO: if (LazyFlags.GetOverflow(s)) goto Taken; goto NotTaken;
                case OpCase.JumpNo: if (LazyFlags.GetOverflow(s)) goto NotTaken; goto Taken;
                case OpCase.JumpB: if (LazyFlags.GetCarry(s)) goto Taken; goto NotTaken;
                case OpCase.JumpAe: if (LazyFlags.GetCarry(s)) goto NotTaken; goto Taken;
                case OpCase.JumpE: if (LazyFlags.GetZero(s)) goto Taken; goto NotTaken;
                case OpCase.JumpNe: if (LazyFlags.GetZero(s)) goto NotTaken; goto Taken;
                case OpCase.JumpBe: if (LazyFlags.GetCarry(s) || LazyFlags.GetZero(s)) goto Taken; goto NotTaken;
                case OpCase.JumpA: if (LazyFlags.GetCarry(s) || LazyFlags.GetZero(s)) goto NotTaken; goto Taken;
                case OpCase.JumpS: if (LazyFlags.GetSign(s)) goto Taken; goto NotTaken;
                case OpCase.JumpNs: if (LazyFlags.GetSign(s)) goto NotTaken; goto Taken;
                case OpCase.JumpP: if (LazyFlags.GetParity(s)) goto Taken; goto NotTaken;
                case OpCase.JumpNp: if (LazyFlags.GetParity(s)) goto NotTaken; goto Taken;
                case OpCase.JumpL: if (LazyFlags.GetSign(s) != LazyFlags.GetOverflow(s)) goto Taken; goto NotTaken;
                case OpCase.JumpGe: if (LazyFlags.GetSign(s) != LazyFlags.GetOverflow(s)) goto NotTaken; goto Taken;
                case OpCase.JumpLe: if (LazyFlags.GetZero(s) || LazyFlags.GetSign(s) != LazyFlags.GetOverflow(s)) goto Taken; goto NotTaken;
                case OpCase.JumpG: if (LazyFlags.GetZero(s) || LazyFlags.GetSign(s) != LazyFlags.GetOverflow(s)) goto NotTaken; goto Taken;
                case OpCase.CallNear:
                {
                    ulong top = s->Registers[4] - 8;
                    if (!cpu.TryStore<Width64>(s, top, s->BlockRip + op->NextOffset)) goto LeftStack;
                    s->Registers[4] = top;
                    goto Taken;
                }
                case OpCase.ReturnNear:
                {
                    if (!cpu.TryLoad<Width64>(s, s->Registers[4], out ulong target)) goto LeftStack;
                    rip = target;
                    if (!Cpu.IsCanonical(rip)) { cpu.RaiseGeneralProtection(); goto Left; }
                    s->Registers[4] += 8 + op->Immediate;
                    goto Indirect;
                }
                case OpCase.JumpRegister64:
                    rip = *(ulong*)((byte*)s + op->Source);
                    if (!Cpu.IsCanonical(rip)) { cpu.RaiseGeneralProtection(); goto Left; }
                    goto Indirect;
                case OpCase.JumpMemory64:
                {
                    if (!cpu.TryLoad<Width64>(s, cpu.EffectiveAddress(s, op), out ulong target)) goto Left;
                    rip = target;
                    if (!Cpu.IsCanonical(rip)) { cpu.RaiseGeneralProtection(); goto Left; }
                    goto Indirect;
                }
                case OpCase.CallRegister64:
                    rip = *(ulong*)((byte*)s + op->Source);
                    goto CallIndirect;
                case OpCase.CallMemory64:
                {
                    if (!cpu.TryLoad<Width64>(s, cpu.EffectiveAddress(s, op), out ulong target)) goto Left;
                    rip = target;
                    goto CallIndirect;
                }

                case OpCase.Nop:
                    op++;
                    continue;

                case OpCase.MovRR32: *(ulong*)((byte*)s + op->Destination) = *(uint*)((byte*)s + op->Source); op++; continue;
                case OpCase.MovRR64: *(ulong*)((byte*)s + op->Destination) = *(ulong*)((byte*)s + op->Source); op++; continue;
                case OpCase.MovRI32: *(ulong*)((byte*)s + op->Destination) = (uint)op->Immediate; op++; continue;
                case OpCase.MovRI64: *(ulong*)((byte*)s + op->Destination) = op->Immediate; op++; continue;
                case OpCase.Load8: if (!DataTransfer<Width8>.TryLoad(cpu, s, op)) goto Left; op++; continue;
                case OpCase.Load32: if (!DataTransfer<Width32>.TryLoad(cpu, s, op)) goto Left; op++; continue;
                case OpCase.Load64: if (!DataTransfer<Width64>.TryLoad(cpu, s, op)) goto Left; op++; continue;
                case OpCase.LoadZero8: if (!Extension<Width8, Width64>.TryZeroMemory(cpu, s, op)) goto Left; op++; continue;
                case OpCase.Store8: if (!DataTransfer<Width8>.TryStore(cpu, s, op)) goto Left; op++; continue;
                case OpCase.Store32: if (!DataTransfer<Width32>.TryStore(cpu, s, op)) goto Left; op++; continue;
                case OpCase.Store64: if (!DataTransfer<Width64>.TryStore(cpu, s, op)) goto Left; op++; continue;
                case OpCase.StoreI32: if (!DataTransfer<Width32>.TryStoreImmediate(cpu, s, op)) goto Left; op++; continue;
                case OpCase.StoreI64: if (!DataTransfer<Width64>.TryStoreImmediate(cpu, s, op)) goto Left; op++; continue;
                case OpCase.ZeroRR8: *(ulong*)((byte*)s + op->Destination) = *((byte*)s + op->Source); op++; continue;
                case OpCase.ZeroRR16: *(ulong*)((byte*)s + op->Destination) = *(ushort*)((byte*)s + op->Source); op++; continue;
                case OpCase.SignRR32: *(long*)((byte*)s + op->Destination) = *(int*)((byte*)s + op->Source); op++; continue;
                case OpCase.Lea32: DataTransfer<Width32>.Lea(s, op); op++; continue;
                case OpCase.Lea64: DataTransfer<Width64>.Lea(s, op); op++; continue;

                case OpCase.AddRR32: Binary<Add, Width32>.RR(s, op); op++; continue;
                case OpCase.AddRR64: Binary<Add, Width64>.RR(s, op); op++; continue;
                case OpCase.AddRI32: Binary<Add, Width32>.RI(s, op); op++; continue;
                case OpCase.AddRI64: Binary<Add, Width64>.RI(s, op); op++; continue;
                case OpCase.AddRM64: if (!Binary<Add, Width64>.TryRM(cpu, s, op)) goto Left; op++; continue;
                case OpCase.SubRR32: Binary<Subtract, Width32>.RR(s, op); op++; continue;
                case OpCase.SubRR64: Binary<Subtract, Width64>.RR(s, op); op++; continue;
                case OpCase.SubRI64: Binary<Subtract, Width64>.RI(s, op); op++; continue;
                case OpCase.AndRR32: Binary<And, Width32>.RR(s, op); op++; continue;
                case OpCase.AndRR64: Binary<And, Width64>.RR(s, op); op++; continue;
                case OpCase.AndRI32: Binary<And, Width32>.RI(s, op); op++; continue;
                case OpCase.OrRR32: Binary<Or, Width32>.RR(s, op); op++; continue;
                case OpCase.OrRR64: Binary<Or, Width64>.RR(s, op); op++; continue;
                case OpCase.XorRR32: Binary<Xor, Width32>.RR(s, op); op++; continue;
                case OpCase.XorRR64: Binary<Xor, Width64>.RR(s, op); op++; continue;
                case OpCase.CmpRM32: if (!Binary<Compare, Width32>.TryRM(cpu, s, op)) goto Left; op++; continue;
                case OpCase.CmpRM64: if (!Binary<Compare, Width64>.TryRM(cpu, s, op)) goto Left; op++; continue;
                case OpCase.CmpMI8: if (!Binary<Compare, Width8>.TryMI(cpu, s, op)) goto Left; op++; continue;
                case OpCase.CmpMI32: if (!Binary<Compare, Width32>.TryMI(cpu, s, op)) goto Left; op++; continue;
                case OpCase.TestMI8: if (!Binary<Test, Width8>.TryMI(cpu, s, op)) goto Left; op++; continue;
                case OpCase.IncR64: Unary<Increment, Width64>.R(s, op); op++; continue;
                case OpCase.DecR64: Unary<Decrement, Width64>.R(s, op); op++; continue;
                case OpCase.ShlRI32: Shift<ShiftLeft, Width32>.RI(s, op); op++; continue;
                case OpCase.ShlRI64: Shift<ShiftLeft, Width64>.RI(s, op); op++; continue;
                case OpCase.ShrRI32: Shift<ShiftRight, Width32>.RI(s, op); op++; continue;
                case OpCase.ShrRI64: Shift<ShiftRight, Width64>.RI(s, op); op++; continue;

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
            if (!cpu.TryStore<Width64>(s, top, s->BlockRip + op->NextOffset)) goto LeftStack;
            s->Registers[4] = top;
            goto Indirect;
        }

    FusedTaken:
        // The jump's distance is the displacement: the immediate may be the comparison's.
        rip = (s->BlockRip + (ulong)(long)op->Displacement) & s->RipMask;
        link = &block->Taken;
        goto Direct;

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
            if (cpu.AreInOnePage(rip, from) && epoch == cpu.Blocks.Epoch && !next->Crosses) *link = next;
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool CompareRR<TWidth>(CpuState* s, Op* op) where TWidth : struct, IWidth
    {
        ulong a = TWidth.Load((byte*)s + op->Destination), b = TWidth.Load((byte*)s + op->Source);
        Compare.Execute<TWidth>(s, a, b);
        return FusedCondition.AfterCompare<TWidth>(op, a, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool CompareRI<TWidth>(CpuState* s, Op* op) where TWidth : struct, IWidth
    {
        ulong a = TWidth.Load((byte*)s + op->Destination);
        Compare.Execute<TWidth>(s, a, op->Immediate);
        return FusedCondition.AfterCompare<TWidth>(op, a, op->Immediate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TestRR<TWidth>(CpuState* s, Op* op) where TWidth : struct, IWidth =>
        FusedCondition.AfterLogic<TWidth>(op, Test.Execute<TWidth>(s, TWidth.Load((byte*)s + op->Destination), TWidth.Load((byte*)s + op->Source)));

    // Only zero and sign are asked for after DEC.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool DecrementR<TWidth>(CpuState* s, Op* op) where TWidth : struct, IWidth
    {
        byte* at = (byte*)s + op->Destination;
        ulong result = Decrement.Execute<TWidth>(s, TWidth.Load(at));
        TWidth.StoreRegister(at, result);
        return FusedCondition.AfterLogic<TWidth>(op, result);
    }
}
