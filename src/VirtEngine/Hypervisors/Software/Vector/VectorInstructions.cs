using System.Runtime.CompilerServices;
using Iced.Intel;
using OperandKind = Iced.Intel.OpKind;

namespace VirtEngine.Hypervisors.Software.Vector;

/// <summary>
/// The x87, MMX and SSE instructions as the interpreter calls them. Those that move data or control the units are written in C#; the rest
/// find their operands here and run a <see cref="VectorStub"/>, which the op's immediate points to.
/// </summary>
internal static unsafe class VectorInstructions
{
    private const ulong ArithmeticFlags = LazyFlags.Arithmetic;

    /// <summary>Sets everything of <paramref name="op"/> but its address; null if the instruction is not one of these units.</summary>
    internal static delegate*<Cpu, Op*, bool> Translate(in Instruction instruction, Op* op)
    {
        var handler = VectorMoves.HandlerOf(instruction);
        if (handler == null) handler = X87Control.HandlerOf(instruction);
        if (handler == null) handler = SseControl.HandlerOf(instruction);
        VectorStub* stub = null;
        if (handler == null && VectorStubs.TryGet(instruction, out stub)) handler = HandlerOf(stub);
        if (handler == null) return null;
        op->Immediate = (ulong)stub;
        // MASKMOVDQU's memory operand, which it does not name, counts as the first.
        int first = instruction.Mnemonic is Mnemonic.Maskmovdqu or Mnemonic.Maskmovq ? 1 : 0;
        op->Destination = NumberOf(instruction, first);
        op->Source = NumberOf(instruction, first + 1);
        // x87 instructions read a memory operand that comes first.
        if (stub != null && !stub->Has(VectorTraits.WritesMemory)) op->LengthAndPrefixes &= unchecked((byte)~OpPrefixes.Writes);
        return handler;
    }

    private static delegate*<Cpu, Op*, bool> HandlerOf(VectorStub* stub)
    {
        if (stub->Has(VectorTraits.X87)) return &X87;
        if (stub->Has(VectorTraits.Mmx)) return &Mmx;
        if (!stub->Has(VectorTraits.Sse)) return stub->MemorySize != 0 ? &GeneralLoad : &General;
        if (stub->Has(VectorTraits.ReadsLengths | VectorTraits.WritesIndex | VectorTraits.WritesXmm0)) return &CompareStrings;
        if (stub->Has(VectorTraits.WritesMemory)) return &Store;
        if (stub->Has(VectorTraits.WritesFlags)) return &Compare;
        return stub->Has(VectorTraits.ReadsMemory) ? &Load : &Registers;
    }

    private static byte NumberOf(in Instruction instruction, int operand)
    {
        if (operand >= instruction.OpCount || instruction.GetOpKind(operand) != OperandKind.Register) return 0;
        return (byte)(instruction.GetOpRegister(operand) switch
        {
            >= Register.AH and <= Register.BH and var high => high - Register.AH,
            var register when register.IsGPR() => register.GetFullRegister() - Register.RAX,
            var register => register.GetNumber(),
        });
    }

    // ---- SSE

    private static bool Registers(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TrySse(cpu)) return false;
        CpuState* s = cpu.State;
        var stub = (VectorStub*)op->Immediate;
        byte* fx = s->Fx;
        return VectorUnit.TryRun(stub, fx, RegisterAt(s, fx, stub->First, op->Destination), RegisterAt(s, fx, stub->Second, op->Source),
            null)
            || RaiseSimd(cpu);
    }

    private static bool Load(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TrySse(cpu)) return false;
        CpuState* s = cpu.State;
        var stub = (VectorStub*)op->Immediate;
        VectorBuffer buffer;
        byte* memory = Read(cpu, op, stub, &buffer);
        if (memory == null) return false;
        byte* fx = s->Fx;
        return VectorUnit.TryRun(stub, fx, RegisterAt(s, fx, stub->First, op->Destination), memory, null) || RaiseSimd(cpu);
    }

    private static bool Store(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TrySse(cpu)) return false;
        CpuState* s = cpu.State;
        var stub = (VectorStub*)op->Immediate;
        ulong linear = cpu.EffectiveAddress(op);
        if (stub->Has(VectorTraits.Aligned) && (linear & 15) != 0) return VectorAccess.RaiseMisaligned(cpu, linear);
        VectorBuffer buffer;
        byte* memory = VectorBuffer.Aligned(&buffer);
        byte* fx = s->Fx;
        VectorUnit.TryRun(stub, fx, memory, RegisterAt(s, fx, stub->Second, op->Source), null);
        return cpu.TryWriteBytes(linear, memory, stub->MemorySize);
    }

    /// <summary>COMISS and the like, PTEST: the result is RFLAGS.</summary>
    private static bool Compare(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TrySse(cpu)) return false;
        CpuState* s = cpu.State;
        var stub = (VectorStub*)op->Immediate;
        byte* fx = s->Fx;
        VectorBuffer buffer;
        void* second = stub->Second == OperandPlace.Memory ? Read(cpu, op, stub, &buffer) : RegisterAt(s, fx, stub->Second, op->Source);
        if (second == null) return false;
        ulong flags = 0;
        if (!VectorUnit.TryRun(stub, fx, RegisterAt(s, fx, stub->First, op->Destination), second, &flags)) return RaiseSimd(cpu);
        LazyFlags.Set(s, flags);
        return true;
    }

    private static bool CompareStrings(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TrySse(cpu)) return false;
        CpuState* s = cpu.State;
        var stub = (VectorStub*)op->Immediate;
        byte* fx = s->Fx;
        VectorBuffer buffer;
        void* second = stub->Second == OperandPlace.Memory ? Read(cpu, op, stub, &buffer) : RegisterAt(s, fx, stub->Second, op->Source);
        if (second == null) return false;
        var operands = stackalloc ulong[4];
        for (int i = 0; i < 3; i++) operands[i + 1] = s->Registers[i];
        VectorUnit.TryRun(stub, fx, RegisterAt(s, fx, stub->First, op->Destination), second, operands);
        LazyFlags.Set(s, operands[0]);
        if (stub->Has(VectorTraits.WritesIndex)) s->Registers[1] = operands[2];
        return true;
    }

    /// <summary>CRC32, which needs no SSE state.</summary>
    private static bool General(Cpu cpu, Op* op)
    {
        CpuState* s = cpu.State;
        return VectorUnit.TryRun((VectorStub*)op->Immediate, s->Fx, s->Registers + op->Destination, s->Registers + op->Source, null);
    }

    private static bool GeneralLoad(Cpu cpu, Op* op)
    {
        CpuState* s = cpu.State;
        var stub = (VectorStub*)op->Immediate;
        VectorBuffer buffer;
        byte* memory = Read(cpu, op, stub, &buffer);
        return memory != null && VectorUnit.TryRun(stub, s->Fx, s->Registers + op->Destination, memory, null);
    }

    // ---- MMX and x87

    private static bool Mmx(Cpu cpu, Op* op)
    {
        var stub = (VectorStub*)op->Immediate;
        if (stub->Has(VectorTraits.Sse) && !VectorAccess.TrySse(cpu)) return false;
        if (!VectorAccess.TryMmx(cpu)) return false;
        CpuState* s = cpu.State;
        byte* fx = s->Fx;
        VectorBuffer buffer;
        if (stub->First == OperandPlace.Memory)
        {
            // The store comes before the change to MMX state, so that a fault leaves that alone.
            var before = stackalloc byte[FxImage.X87Size];
            Unsafe.CopyBlockUnaligned(before, fx, FxImage.X87Size);
            byte* memory = VectorBuffer.Aligned(&buffer);
            VectorUnit.TryRun(stub, fx, memory, RegisterAt(s, fx, stub->Second, op->Source), null);
            if (cpu.TryWriteBytes(cpu.EffectiveAddress(op), memory, stub->MemorySize)) return true;
            Unsafe.CopyBlockUnaligned(fx, before, FxImage.X87Size);
            return false;
        }
        void* second = stub->Second == OperandPlace.Memory ? Read(cpu, op, stub, &buffer) : RegisterAt(s, fx, stub->Second, op->Source);
        if (second == null && stub->Second != OperandPlace.None) return false;
        return VectorUnit.TryRun(stub, fx, RegisterAt(s, fx, stub->First, op->Destination), second, null) || RaiseSimd(cpu);
    }

    private static bool X87(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TryX87(cpu)) return false;
        CpuState* s = cpu.State;
        var stub = (VectorStub*)op->Immediate;
        byte* fx = s->Fx;
        VectorBuffer buffer;
        byte* memory = VectorBuffer.Aligned(&buffer);
        if (stub->Has(VectorTraits.ReadsMemory))
        {
            memory = Read(cpu, op, stub, &buffer);
            if (memory == null) return false;
        }
        ulong flags = 0;
        if (stub->Has(VectorTraits.ReadsFlags)) flags = LazyFlags.Get(s);
        if (stub->Has(VectorTraits.WritesMemory))
        {
            var before = stackalloc byte[FxImage.X87Size];
            Unsafe.CopyBlockUnaligned(before, fx, FxImage.X87Size);
            VectorUnit.TryRun(stub, fx, memory, null, &flags);
            if (!VectorUnit.IsStorePrevented(fx) && !cpu.TryWriteBytes(cpu.EffectiveAddress(op), memory, stub->MemorySize))
            {
                Unsafe.CopyBlockUnaligned(fx, before, FxImage.X87Size);
                return false;
            }
        }
        else
        {
            VectorUnit.TryRun(stub, fx, memory, null, &flags);
            if (stub->Has(VectorTraits.WritesFlags)) LazyFlags.Set(s, flags & ArithmeticFlags);
        }
        *(ulong*)(fx + FxImage.InstructionPointer) = cpu.RipOf(op);
        if (stub->MemorySize != 0) *(ulong*)(fx + FxImage.DataPointer) = Cpu.EffectiveOffset(cpu.State, op);
        return true;
    }

    // ---- operands

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void* RegisterAt(CpuState* s, byte* fx, OperandPlace place, int number) => place switch
    {
        OperandPlace.Xmm => FxImage.XmmOf(fx, number),
        OperandPlace.Mmx => FxImage.StackOf(fx, number),
        _ => s->Registers + number,
    };

    /// <summary>The memory operand in place or, where it crosses pages or belongs to a device, copied. Null after a fault.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Read(Cpu cpu, Op* op, VectorStub* stub, VectorBuffer* buffer)
    {
        ulong linear = cpu.EffectiveAddress(op);
        if (stub->Has(VectorTraits.Aligned) && (linear & 15) != 0)
        {
            VectorAccess.RaiseMisaligned(cpu, linear);
            return null;
        }
        byte* memory = cpu.TryPointer(linear, stub->MemorySize, write: false);
        if (memory != null) return memory;
        memory = VectorBuffer.Aligned(buffer);
        return !cpu.IsFaulting && cpu.TryReadBytes(linear, memory, stub->MemorySize) ? memory : null;
    }

    private static bool RaiseSimd(Cpu cpu) =>
        cpu.Raise((cpu.State->Cr4 & ControlBits.Cr4OsXmmExcept) != 0 ? ExceptionVector.SimdFloatingPoint : ExceptionVector.InvalidOpcode);
}
