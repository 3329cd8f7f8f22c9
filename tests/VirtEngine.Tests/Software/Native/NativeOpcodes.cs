using Iced.Intel;

namespace VirtEngine.Tests.Software.Native;

/// <summary>The instructions that are compared with the processor, and why others are not.</summary>
internal static class NativeOpcodes
{
    /// <summary>The reason for what guests do not know of.</summary>
    internal const string NotReported = "not reported to guests";

    private static readonly Dictionary<Mnemonic, string> Excluded = new()
    {
        [Mnemonic.Sldt] = "shows the host's system segments", [Mnemonic.Str] = "shows the host's system segments",
        [Mnemonic.Sgdt] = "shows the host's descriptor tables", [Mnemonic.Sidt] = "shows the host's descriptor tables",
        [Mnemonic.Smsw] = "shows the host's CR0", [Mnemonic.Verr] = "reads the host's descriptor tables",
        [Mnemonic.Verw] = "reads the host's descriptor tables", [Mnemonic.Lar] = "reads the host's descriptor tables",
        [Mnemonic.Lsl] = "reads the host's descriptor tables", [Mnemonic.Lss] = "loads from the host's descriptor tables",
        [Mnemonic.Lfs] = "loads from the host's descriptor tables", [Mnemonic.Lgs] = "loads from the host's descriptor tables",
        [Mnemonic.Retf] = "loads from the host's descriptor tables", [Mnemonic.Iret] = "loads from the host's descriptor tables",
        [Mnemonic.Iretd] = "loads from the host's descriptor tables", [Mnemonic.Iretq] = "loads from the host's descriptor tables",
        [Mnemonic.Int] = "enters the host's kernel", [Mnemonic.Int1] = "enters the host's kernel",
        [Mnemonic.Int3] = "is how the runner notices the end of a branch", [Mnemonic.Into] = "enters the host's kernel",
        [Mnemonic.Insb] = "port access", [Mnemonic.Insw] = "port access", [Mnemonic.Insd] = "port access",
        [Mnemonic.Outsb] = "port access", [Mnemonic.Outsw] = "port access", [Mnemonic.Outsd] = "port access",
        [Mnemonic.Rdtsc] = "tells the time", [Mnemonic.Rdtscp] = "tells the time", [Mnemonic.Cpuid] = "tells of the host",
        [Mnemonic.Rdfsbase] = "shows the host's segments", [Mnemonic.Rdgsbase] = "shows the host's segments",
        [Mnemonic.Wrfsbase] = "changes the host's segments", [Mnemonic.Wrgsbase] = "changes the host's segments",
        [Mnemonic.Syscall] = "enters the host's kernel", [Mnemonic.Sysenter] = "enters the host's kernel",
        [Mnemonic.Fstsg] = "387SL only", [Mnemonic.Fstdw] = "387SL only",
    };

    /// <summary>The instructions, in the order of their codes.</summary>
    internal static readonly Code[] All = Enum.GetValues<Code>().Where(code => WhyNot(code) == null).ToArray();

    /// <summary>Null if <paramref name="code"/> is compared, else the reason why it is not.</summary>
    internal static string? WhyNot(Code code)
    {
        OpCodeInfo opcode = code.ToOpCode();
        if (!opcode.IsInstruction || opcode.Encoding != EncodingKind.Legacy || !opcode.Mode64) return "no instruction of 64-bit mode";
        if (opcode.Fwait) return "two instructions: WAIT comes first";
        if (!opcode.IntelDecoder64) return "this encoding means something else on Intel's processors";
        if (!code.CpuidFeatures().All(ReportedFeatures.Contains)) return NotReported;
        if (opcode.IsPrivileged || opcode.IsInputOutput) return "privileged";
        if (code == Code.Bswap_r16) return "undefined for words";
        if (AmdProcessor.IsHere && AmdProcessor.WhyNot(code) is { } other) return other;
        if (Excluded.TryGetValue(opcode.Mnemonic, out string? reason)) return reason;
        for (int operand = 0; operand < opcode.OpCount; operand++)
        {
            switch (opcode.GetOpKind(operand))
            {
                case OpCodeOperandKind.seg_reg or OpCodeOperandKind.fs or OpCodeOperandKind.gs:
                    return "shows or loads the host's selectors";
                case OpCodeOperandKind.cr_reg or OpCodeOperandKind.dr_reg or OpCodeOperandKind.tr_reg:
                    return "privileged";
            }
        }
        return IsFar(opcode) ? "loads from the host's descriptor tables" : null;
    }

    private static bool IsFar(OpCodeInfo opcode) => opcode.Mnemonic is Mnemonic.Jmp or Mnemonic.Call && opcode.OpCount == 1
        && (opcode.GetOpKind(0) is OpCodeOperandKind.farbr2_2 or OpCodeOperandKind.farbr4_2
            || opcode.MemorySize is MemorySize.SegPtr16 or MemorySize.SegPtr32 or MemorySize.SegPtr64);
}
