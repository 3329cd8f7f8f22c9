using System.Runtime.Intrinsics.X86;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace VirtEngine.Hypervisors.Software.Vector;

/// <summary>
/// Writes the host code of a <see cref="VectorStub"/>: it loads the guest's operands into registers that belong to the callee under both
/// the System V and the Windows convention, executes the guest's instruction with its operands renamed to those, and stores the results.
/// </summary>
internal static class StubEmitter
{
    private const int SaveAreaSize = 576, HeaderOffset = 512;
    private const uint MxcsrFlags = 0x3F, MxcsrMasks = 0x1F80, MxcsrControl = MxcsrFlags ^ FxImage.MxcsrWritable;

    // The arguments, wherever the convention has them, are brought here; RAX, RCX and RDX are left for operands.
    private static readonly AssemblerRegister64 Fx = r10, First = r11, Second = r8, Implicit = r9;

    private static readonly bool HostHasXsave = X86Base.IsSupported && (X86Base.CpuId(1, 0).Ecx & 1 << 27) != 0;

    /// <summary>Position-independent code for <paramref name="instruction"/>, whose memory operand, if any, is at [0].</summary>
    internal static byte[] Emit(in Instruction instruction, in VectorStub stub, bool firstIsWritten)
    {
        var code = new Assembler(64);
        TakeArguments(code);
        if (stub.Has(VectorTraits.X87)) EmitX87(code, instruction, stub);
        else EmitVector(code, instruction, stub, firstIsWritten);
        using var bytes = new MemoryStream();
        code.Assemble(new StreamCodeWriter(bytes), 0);
        return bytes.ToArray();
    }

    private static void TakeArguments(Assembler code)
    {
        if (OperatingSystem.IsWindows())
        {
            code.mov(Fx, rcx);
            code.mov(First, rdx);
        }
        else
        {
            code.mov(Fx, rdi);
            code.mov(First, rsi);
            code.mov(Second, rdx);
            code.mov(Implicit, rcx);
        }
    }

    private static void EmitVector(Assembler code, in Instruction instruction, in VectorStub stub, bool firstIsWritten)
    {
        if (!stub.Has(VectorTraits.Mxcsr))
        {
            Execute(code, instruction, stub);
            Finish(code, stub, firstIsWritten);
            return;
        }
        // Loading MXCSR costs more than everything else. It is spared when the host's control bits are the guest's, which are then all
        // masked, and the host's flags are not more than the guest's: then what is raised shows in the host's and cannot fault.
        var exact = code.CreateLabel();
        code.sub(rsp, 8);
        code.stmxcsr(__dword_ptr[rsp]);
        code.mov(ecx, __dword_ptr[rsp]);
        code.mov(edx, __dword_ptr[Fx + FxImage.Mxcsr]);
        code.mov(eax, edx);
        code.not(eax);
        code.and(eax, ecx);
        code.and(eax, (int)MxcsrFlags);
        code.xor(edx, ecx);
        code.and(edx, (int)MxcsrControl);
        code.or(eax, edx);
        code.jnz(exact);
        Execute(code, instruction, stub);
        code.stmxcsr(__dword_ptr[rsp]);
        code.mov(ecx, __dword_ptr[rsp]);
        code.add(rsp, 8);
        code.and(ecx, (int)MxcsrFlags);
        code.or(__dword_ptr[Fx + FxImage.Mxcsr], ecx);
        Finish(code, stub, firstIsWritten);

        code.Label(ref exact);
        var fault = code.CreateLabel();
        // The host's flags mean nothing to .NET: cleared, they let the next instruction take the short way.
        code.and(__dword_ptr[rsp], (int)MxcsrControl);
        code.mov(ecx, __dword_ptr[Fx + FxImage.Mxcsr]);
        code.and(ecx, (int)MxcsrControl);
        code.or(ecx, (int)MxcsrMasks);
        code.mov(__dword_ptr[rsp + 4], ecx);
        code.ldmxcsr(__dword_ptr[rsp + 4]);
        Execute(code, instruction, stub);
        code.stmxcsr(__dword_ptr[rsp + 4]);
        code.ldmxcsr(__dword_ptr[rsp]);
        code.mov(ecx, __dword_ptr[rsp + 4]);
        code.add(rsp, 8);
        code.and(ecx, (int)MxcsrFlags);
        code.mov(r8d, __dword_ptr[Fx + FxImage.Mxcsr]);
        code.shr(r8d, 7);
        code.not(r8d);
        code.and(r8d, ecx);
        code.jnz(fault);
        code.or(__dword_ptr[Fx + FxImage.Mxcsr], ecx);
        Finish(code, stub, firstIsWritten);
        code.Label(ref fault);
        if (stub.Has(VectorTraits.Mmx)) code.emms();
        code.mov(eax, ecx);
        code.ret();
    }

    /// <summary>Loads the operands and executes; flags, if they are a result, are in RAX then.</summary>
    private static void Execute(Assembler code, Instruction instruction, in VectorStub stub)
    {
        Load(code, ref instruction, 0, stub.First, First);
        Load(code, ref instruction, 1, stub.Second, Second);
        if (stub.Has(VectorTraits.ReadsXmm0)) code.movups(xmm0, __[Fx + FxImage.Xmm]);
        if (stub.Has(VectorTraits.ReadsLengths))
        {
            code.mov(rax, __[Implicit + 8]);
            code.mov(rdx, __[Implicit + 24]);
        }
        code.AddInstruction(instruction);
        if (!stub.Has(VectorTraits.WritesFlags)) return;
        code.pushfq();
        code.pop(rax);
    }

    /// <summary>Stores the results and returns 0.</summary>
    private static void Finish(Assembler code, in VectorStub stub, bool firstIsWritten)
    {
        if (firstIsWritten) Store(code, stub.First);
        if (stub.Has(VectorTraits.WritesXmm0)) code.movups(__[Fx + FxImage.Xmm], xmm0);
        if (stub.Has(VectorTraits.WritesFlags)) code.mov(__[Implicit], rax);
        if (stub.Has(VectorTraits.WritesIndex)) code.mov(__[Implicit + 16], rcx);
        if (stub.Has(VectorTraits.Mmx)) code.emms();
        code.xor(eax, eax);
        code.ret();
    }

    /// <summary>Brings an operand into its host register and makes the instruction name that.</summary>
    private static void Load(Assembler code, ref Instruction instruction, int operand, OperandPlace place, AssemblerRegister64 pointer)
    {
        switch (place)
        {
            case OperandPlace.Xmm:
                var xmm = operand == 0 ? xmm1 : xmm2;
                code.movups(xmm, __[pointer]);
                instruction.SetOpRegister(operand, xmm);
                break;
            case OperandPlace.Mmx:
                var mm = operand == 0 ? mm0 : mm1;
                code.movq(mm, __qword_ptr[pointer]);
                instruction.SetOpRegister(operand, mm);
                break;
            case OperandPlace.General:
                code.mov(operand == 0 ? rax : rdx, __[pointer]);
                var named = instruction.GetOpRegister(operand);
                instruction.SetOpRegister(operand, SamePart(named, operand == 0));
                break;
            case OperandPlace.Memory:
                instruction.MemoryBase = pointer;
                break;
        }
    }

    /// <summary>The part of RAX (or RDX) that <paramref name="named"/> is of its register.</summary>
    private static Register SamePart(Register named, bool accumulator) => named switch
    {
        >= Register.AH and <= Register.BH => accumulator ? Register.AH : Register.DH,
        _ when named.IsGPR8() => accumulator ? Register.AL : Register.DL,
        _ when named.IsGPR16() => accumulator ? Register.AX : Register.DX,
        _ when named.IsGPR32() => accumulator ? Register.EAX : Register.EDX,
        _ => accumulator ? Register.RAX : Register.RDX,
    };

    private static void Store(Assembler code, OperandPlace place)
    {
        switch (place)
        {
            case OperandPlace.Xmm:
                code.movups(__[First], xmm1);
                break;
            case OperandPlace.Mmx:
                // A write to an MMX register sets the exponent and sign of the x87 register around it.
                code.movq(__qword_ptr[First], mm0);
                code.mov(__word_ptr[First + 8], 0xFFFF);
                break;
            case OperandPlace.General:
                code.mov(__[First], rax);
                break;
        }
    }

    /// <summary>
    /// Runs the instruction on the guest's own x87 state, unmasked exceptions included: they stay pending in the state that is saved,
    /// since nothing after the instruction waits for them.
    /// </summary>
    private static void EmitX87(Assembler code, Instruction instruction, in VectorStub stub)
    {
        code.push(rbp);
        code.mov(rbp, rsp);
        code.sub(rsp, SaveAreaSize + 64);
        code.and(rsp, -64);
        if (!HostHasXsave) code.fxsave64(__[rsp]);
        for (int offset = 0; offset < FxImage.X87Size; offset += 16)
        {
            if (offset == 16)
            {
                code.mov(rax, __[Fx + offset]);
                code.mov(__[rsp + offset], rax);
                continue;
            }
            code.movups(xmm0, __[Fx + offset]);
            code.movaps(__[rsp + offset], xmm0);
        }
        if (HostHasXsave)
        {
            code.xorps(xmm0, xmm0);
            for (int offset = HeaderOffset; offset < SaveAreaSize; offset += 16) code.movaps(__[rsp + offset], xmm0);
            code.mov(__byte_ptr[rsp + HeaderOffset], 1);
            SelectX87(code);
            code.xrstor(__[rsp]);
        }
        else
        {
            code.fxrstor64(__[rsp]);
        }
        if (stub.First == OperandPlace.Memory) instruction.MemoryBase = First;
        if (stub.Has(VectorTraits.ReadsFlags))
        {
            code.push(__qword_ptr[Implicit]);
            code.popfq();
        }
        code.AddInstruction(instruction);
        if (stub.Has(VectorTraits.WritesFlags))
        {
            code.pushfq();
            code.pop(__qword_ptr[Implicit]);
        }
        if (HostHasXsave)
        {
            SelectX87(code);
            code.xsave(__[rsp]);
        }
        else
        {
            code.fxsave64(__[rsp]);
        }
        code.fninit();
        // Opcode and pointers are the host's, which mean nothing to the guest; MXCSR is not the x87's.
        code.mov(eax, __dword_ptr[rsp]);
        code.mov(__dword_ptr[Fx], eax);
        code.mov(al, __byte_ptr[rsp + FxImage.Tags]);
        code.mov(__byte_ptr[Fx + FxImage.Tags], al);
        for (int offset = FxImage.Stack; offset < FxImage.X87Size; offset += 16)
        {
            code.movaps(xmm0, __[rsp + offset]);
            code.movups(__[Fx + offset], xmm0);
        }
        code.xor(eax, eax);
        code.leave();
        code.ret();
    }

    private static void SelectX87(Assembler code)
    {
        code.mov(eax, 1);
        code.xor(edx, edx);
    }
}
