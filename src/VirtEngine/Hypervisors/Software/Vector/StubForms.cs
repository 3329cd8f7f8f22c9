using System.Collections.Frozen;
using Iced.Intel;
using OperandKind = Iced.Intel.OpKind;

namespace VirtEngine.Hypervisors.Software.Vector;

/// <summary>Which instructions run by stubs, and what a stub's form says about its operands.</summary>
internal static class StubForms
{
    private const RflagsBits Arithmetic =
        RflagsBits.OF | RflagsBits.SF | RflagsBits.ZF | RflagsBits.AF | RflagsBits.CF | RflagsBits.PF;

    private static readonly FrozenSet<CpuidFeature> Features = FrozenSet.Create(
        CpuidFeature.FPU, CpuidFeature.FPU287, CpuidFeature.FPU387, CpuidFeature.CMOV, CpuidFeature.MMX, CpuidFeature.SSE,
        CpuidFeature.SSE2, CpuidFeature.SSE3, CpuidFeature.SSSE3, CpuidFeature.SSE4_1, CpuidFeature.SSE4_2);

    /// <summary>Those that need no host instruction, or address memory in ways of their own.</summary>
    private static readonly FrozenSet<Mnemonic> WithoutStub = FrozenSet.Create(
        Mnemonic.Ldmxcsr, Mnemonic.Stmxcsr, Mnemonic.Maskmovdqu, Mnemonic.Maskmovq, Mnemonic.Emms, Mnemonic.Movnti, Mnemonic.Lfence,
        Mnemonic.Sfence, Mnemonic.Mfence, Mnemonic.Prefetchnta, Mnemonic.Prefetcht0, Mnemonic.Prefetcht1, Mnemonic.Prefetcht2,
        Mnemonic.Fldenv, Mnemonic.Fnstenv, Mnemonic.Fstenv, Mnemonic.Fldcw, Mnemonic.Fnstcw, Mnemonic.Fstcw, Mnemonic.Fnop,
        Mnemonic.Fneni, Mnemonic.Feni, Mnemonic.Fndisi, Mnemonic.Fdisi, Mnemonic.Fnsetpm, Mnemonic.Fsetpm, Mnemonic.Fnclex,
        Mnemonic.Fclex, Mnemonic.Fninit, Mnemonic.Finit, Mnemonic.Frstor, Mnemonic.Fnsave, Mnemonic.Fsave, Mnemonic.Fnstsw,
        Mnemonic.Fstsw);

    /// <summary>16-byte memory operands may be anywhere for these.</summary>
    private static readonly FrozenSet<Mnemonic> Unaligned = FrozenSet.Create(
        Mnemonic.Movups, Mnemonic.Movupd, Mnemonic.Movdqu, Mnemonic.Lddqu, Mnemonic.Pcmpestri, Mnemonic.Pcmpestrm, Mnemonic.Pcmpistri,
        Mnemonic.Pcmpistrm, Mnemonic.Pcmpestri64, Mnemonic.Pcmpestrm64);

    /// <summary>The SIMD floating-point instructions: those with exceptions in tables 11-1 to 11-5 of volume 1's appendix C.</summary>
    private static readonly FrozenSet<Mnemonic> FloatingPoint = FrozenSet.Create(
        Mnemonic.Addps, Mnemonic.Addss, Mnemonic.Addpd, Mnemonic.Addsd, Mnemonic.Subps, Mnemonic.Subss, Mnemonic.Subpd, Mnemonic.Subsd,
        Mnemonic.Mulps, Mnemonic.Mulss, Mnemonic.Mulpd, Mnemonic.Mulsd, Mnemonic.Divps, Mnemonic.Divss, Mnemonic.Divpd, Mnemonic.Divsd,
        Mnemonic.Sqrtps, Mnemonic.Sqrtss, Mnemonic.Sqrtpd, Mnemonic.Sqrtsd, Mnemonic.Minps, Mnemonic.Minss, Mnemonic.Minpd,
        Mnemonic.Minsd, Mnemonic.Maxps, Mnemonic.Maxss, Mnemonic.Maxpd, Mnemonic.Maxsd, Mnemonic.Cmpps, Mnemonic.Cmpss, Mnemonic.Cmppd,
        Mnemonic.Cmpsd, Mnemonic.Comiss, Mnemonic.Comisd, Mnemonic.Ucomiss, Mnemonic.Ucomisd, Mnemonic.Cvtpi2ps, Mnemonic.Cvtpi2pd,
        Mnemonic.Cvtsi2ss, Mnemonic.Cvtsi2sd, Mnemonic.Cvtps2pi, Mnemonic.Cvttps2pi, Mnemonic.Cvtpd2pi, Mnemonic.Cvttpd2pi,
        Mnemonic.Cvtss2si, Mnemonic.Cvttss2si, Mnemonic.Cvtsd2si, Mnemonic.Cvttsd2si, Mnemonic.Cvtps2pd, Mnemonic.Cvtpd2ps,
        Mnemonic.Cvtss2sd, Mnemonic.Cvtsd2ss, Mnemonic.Cvtdq2ps, Mnemonic.Cvtps2dq, Mnemonic.Cvttps2dq, Mnemonic.Cvtdq2pd,
        Mnemonic.Cvtpd2dq, Mnemonic.Cvttpd2dq, Mnemonic.Haddps, Mnemonic.Haddpd, Mnemonic.Hsubps, Mnemonic.Hsubpd, Mnemonic.Addsubps,
        Mnemonic.Addsubpd, Mnemonic.Roundps, Mnemonic.Roundss, Mnemonic.Roundpd, Mnemonic.Roundsd, Mnemonic.Dpps, Mnemonic.Dppd);

    private static readonly bool[] Supported = FindSupported();

    private static readonly InstructionInfoFactory Info = new();

    internal static bool IsSupported(Code code) => Supported[(int)code];

    // A guest may execute whatever CPUID tells it: a stub of an instruction that the host's processor does not know would end the process.
    private static bool[] FindSupported()
    {
        var supported = new bool[Enum.GetValues<Code>().Length];
        foreach (Code code in Enum.GetValues<Code>())
        {
            if (code.Encoding() != EncodingKind.Legacy || !code.ToOpCode().IsInstruction) continue;
            supported[(int)code] = code.CpuidFeatures().All(Features.Contains)
                && !(code.CpuidFeatures() is [CpuidFeature.CMOV]) && !WithoutStub.Contains(code.Mnemonic());
        }
        return supported;
    }

    /// <summary>The instruction without what its stub leaves out: prefixes, address and the mode it was decoded in.</summary>
    internal static Instruction Neutral(in Instruction instruction)
    {
        var neutral = new Instruction { Code = instruction.Code, CodeSize = CodeSize.Code64 };
        for (int operand = 0; operand < instruction.OpCount; operand++)
        {
            OperandKind kind = instruction.GetOpKind(operand);
            neutral.SetOpKind(operand, kind);
            if (kind == OperandKind.Register) neutral.SetOpRegister(operand, instruction.GetOpRegister(operand));
            else if (kind == OperandKind.Immediate8) neutral.Immediate8 = instruction.Immediate8;
            else neutral.MemoryBase = Register.RAX;
        }
        return neutral;
    }

    /// <summary>Everything about a stub but its code. Callers hold the emission's lock.</summary>
    internal static VectorStub Describe(in Instruction instruction, out bool firstIsWritten)
    {
        ref readonly InstructionInfo info = ref Info.GetInfo(instruction);
        Mnemonic mnemonic = instruction.Mnemonic;
        var stub = default(VectorStub);
        stub.First = PlaceOf(instruction, 0);
        stub.Second = PlaceOf(instruction, 1);
        firstIsWritten = instruction.OpCount > 0 && Writes(info.Op0Access);

        if (instruction.CodeInfoIsX87())
        {
            stub.Traits |= VectorTraits.X87;
            stub.First = stub.Second == OperandPlace.Memory ? OperandPlace.Memory : stub.First;
            stub.Second = OperandPlace.None;
        }
        foreach (UsedMemory used in info.GetUsedMemory())
        {
            stub.MemorySize = checked((byte)used.MemorySize.GetSize());
            if (Reads(used.Access)) stub.Traits |= VectorTraits.ReadsMemory;
            if (Writes(used.Access)) stub.Traits |= VectorTraits.WritesMemory;
        }
        if (stub.MemorySize == 16 && !Unaligned.Contains(mnemonic)) stub.Traits |= VectorTraits.Aligned;
        if (FloatingPoint.Contains(mnemonic)) stub.Traits |= VectorTraits.Mxcsr;
        if ((instruction.RflagsModified & Arithmetic) != 0) stub.Traits |= VectorTraits.WritesFlags;
        // An x87 comparison that raises an unmasked exception leaves the flags as they were.
        if ((instruction.RflagsRead & Arithmetic) != 0 || (stub.Traits & (VectorTraits.X87 | VectorTraits.WritesFlags))
            == (VectorTraits.X87 | VectorTraits.WritesFlags)) stub.Traits |= VectorTraits.ReadsFlags;
        if (mnemonic is Mnemonic.Pblendvb or Mnemonic.Blendvps or Mnemonic.Blendvpd)
            stub.Traits |= VectorTraits.ReadsXmm0;
        if (mnemonic is Mnemonic.Pcmpestrm or Mnemonic.Pcmpestrm64 or Mnemonic.Pcmpistrm) stub.Traits |= VectorTraits.WritesXmm0;
        if (mnemonic is Mnemonic.Pcmpestri or Mnemonic.Pcmpestri64 or Mnemonic.Pcmpestrm or Mnemonic.Pcmpestrm64)
            stub.Traits |= VectorTraits.ReadsLengths;
        if (mnemonic is Mnemonic.Pcmpestri or Mnemonic.Pcmpestri64 or Mnemonic.Pcmpistri) stub.Traits |= VectorTraits.WritesIndex;
        if (stub.First == OperandPlace.Mmx || stub.Second == OperandPlace.Mmx) stub.Traits |= VectorTraits.Mmx;
        if (stub.First == OperandPlace.Xmm || stub.Second == OperandPlace.Xmm
            || stub.Has(VectorTraits.Mxcsr)) stub.Traits |= VectorTraits.Sse;
        return stub;
    }

    private static bool CodeInfoIsX87(this in Instruction instruction) =>
        instruction.Code.CpuidFeatures().Any(feature => feature is CpuidFeature.FPU or CpuidFeature.FPU287 or CpuidFeature.FPU387);

    private static OperandPlace PlaceOf(in Instruction instruction, int operand)
    {
        if (operand >= instruction.OpCount) return OperandPlace.None;
        return instruction.GetOpKind(operand) switch
        {
            OperandKind.Memory => OperandPlace.Memory,
            OperandKind.Register when instruction.GetOpRegister(operand).IsXMM() => OperandPlace.Xmm,
            OperandKind.Register when instruction.GetOpRegister(operand).IsMM() => OperandPlace.Mmx,
            OperandKind.Register when instruction.GetOpRegister(operand).IsGPR() => OperandPlace.General,
            _ => OperandPlace.None,
        };
    }

    private static bool Reads(OpAccess access) => access is OpAccess.Read or OpAccess.CondRead or OpAccess.ReadWrite
        or OpAccess.ReadCondWrite;

    private static bool Writes(OpAccess access) => access is OpAccess.Write or OpAccess.CondWrite or OpAccess.ReadWrite
        or OpAccess.ReadCondWrite;
}
