using Iced.Intel;

namespace VirtEngine.Hypervisors.Emulation;

/// <summary>What of a processor an instruction works on besides its general state.</summary>
internal static class InstructionNeeds
{
    // The time-stamp counter, model-specific registers, CPUID, translations and extended state are the hypervisor's own.
    private static readonly bool[] Elsewhere = Table(
        Mnemonic.Rdmsr, Mnemonic.Wrmsr, Mnemonic.Rdtsc, Mnemonic.Rdtscp, Mnemonic.Rdpid, Mnemonic.Rdpmc, Mnemonic.Cpuid, Mnemonic.Syscall, Mnemonic.Sysret,
        Mnemonic.Sysretq, Mnemonic.Sysenter, Mnemonic.Sysexit, Mnemonic.Sysexitq, Mnemonic.Swapgs, Mnemonic.Invlpg, Mnemonic.Invpcid, Mnemonic.Monitor,
        Mnemonic.Mwait, Mnemonic.Xgetbv, Mnemonic.Xsetbv, Mnemonic.Xsave, Mnemonic.Xsave64, Mnemonic.Xsavec, Mnemonic.Xsavec64, Mnemonic.Xsaveopt,
        Mnemonic.Xsaveopt64, Mnemonic.Xsaves, Mnemonic.Xsaves64, Mnemonic.Xrstor, Mnemonic.Xrstor64, Mnemonic.Xrstors, Mnemonic.Xrstors64, Mnemonic.Vmcall,
        Mnemonic.Vmmcall);

    private static readonly bool[] Vectors = Table(
        CpuidFeature.FPU, CpuidFeature.FPU287, CpuidFeature.FPU287XL_ONLY, CpuidFeature.FPU387, CpuidFeature.FPU387SL_ONLY, CpuidFeature.MMX, CpuidFeature.FXSR,
        CpuidFeature.SSE, CpuidFeature.SSE2, CpuidFeature.SSE3, CpuidFeature.SSSE3, CpuidFeature.SSE4_1, CpuidFeature.SSE4_2, CpuidFeature.SSE4A);

    /// <summary>Whether the neutral state lacks something of it. VEX and EVEX work on registers that the software CPU does not have.</summary>
    internal static bool IsElsewhere(in Instruction instruction) => Elsewhere[(int)instruction.Mnemonic] || instruction.Encoding != EncodingKind.Legacy;

    /// <summary>Whether it works on x87, MMX or SSE registers.</summary>
    internal static bool IsVector(in Instruction instruction)
    {
        foreach (var feature in instruction.Code.CpuidFeatures())
            if (Vectors[(int)feature]) return true;
        return false;
    }

    private static bool[] Table<T>(params ReadOnlySpan<T> members) where T : struct, Enum
    {
        var table = new bool[Enum.GetValues<T>().Max(value => Convert.ToInt32(value, null)) + 1];
        foreach (var member in members) table[Convert.ToInt32(member, null)] = true;
        return table;
    }
}
