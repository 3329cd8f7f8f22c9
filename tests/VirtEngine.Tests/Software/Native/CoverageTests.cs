using Iced.Intel;
using VirtEngine.Hypervisors.Software;
using VirtEngine.Hypervisors.Software.Decoding;
using VirtEngine.Hypervisors.Software.Instructions;
using Xunit.Abstractions;

namespace VirtEngine.Tests.Software.Native;

/// <summary>
/// What the comparison with the processor leaves out. Every opcode there is, with every prefix that changes its meaning and every ModRM byte,
/// goes through the decoder and the translator: what comes out with a meaning is implemented.
/// </summary>
public sealed unsafe class CoverageTests(ITestOutputHelper output)
{
    private static readonly byte[][] Prefixes16 = [[], [0x66], [0x67], [0xF2], [0xF3], [0xF0], [0x66, 0xF2], [0x66, 0xF3]];

    private static readonly byte[][] Prefixes64 = [.. Prefixes16, .. Prefixes16.Select(prefixes => (byte[])[.. prefixes, 0x48]), [0x45], [0x66, 0x45]];

    private static readonly byte[][] Maps = [[], [0x0F], [0x0F, 0x38], [0x0F, 0x3A]];

    /// <summary>Implemented, though CPUID does not report it: each for a reason.</summary>
    private static readonly Dictionary<CpuidFeature, string> Unreported = new()
    {
        [CpuidFeature.BMI1] = "TZCNT is BSF with a prefix that means nothing",
        [CpuidFeature.LZCNT] = "LZCNT is BSR with a prefix that means nothing",
        [CpuidFeature.CET_IBT] = "a hint", [CpuidFeature.CET_SS] = "RDSSP is a hint", [CpuidFeature.PREFETCHW] = "a hint",
        [CpuidFeature.PREFETCHWT1] = "a hint", [CpuidFeature.CLDEMOTE] = "a hint", [CpuidFeature.MPX] = "a hint",
        [CpuidFeature.PREFETCHITI] = "a hint", [CpuidFeature.WBNOINVD] = "WBINVD with a prefix that means nothing",
        [CpuidFeature.FPU387SL_ONLY] = "FNSTDW and FNSTSG, of one processor long ago", [CpuidFeature.FPU287XL_ONLY] = "FRSTPM, of one processor long ago",
    };

    [Fact]
    public void What_is_implemented_is_compared_or_has_a_reason()
    {
        var implemented = Implemented(64);
        var compared = NativeOpcodes.All.ToHashSet();
        var missing = compared.Where(code => !implemented.Contains(code) && Means(code)).ToList();
        Assert.True(missing.Count == 0, $"compared but not implemented: {string.Join(", ", missing)}");
        var reasons = implemented.Where(code => !compared.Contains(code)).GroupBy(code => NativeOpcodes.WhyNot(code)!).ToList();
        foreach (var reason in reasons) output.WriteLine($"{reason.Key}: {string.Join(", ", reason)}");
        var unexplained = implemented.Where(code => !compared.Contains(code) && NativeOpcodes.WhyNot(code) == NativeOpcodes.NotReported
            && !code.CpuidFeatures().Any(Unreported.ContainsKey)).ToList();
        Assert.True(unexplained.Count == 0, $"implemented, not reported and not compared: {string.Join(", ", unexplained)}");
        output.WriteLine($"{implemented.Count} codes of 64-bit mode are implemented, {compared.Count} compared.");
    }

    [Theory]
    [InlineData(16)]
    [InlineData(32)]
    public void Nothing_in_legacy_modes_stops_the_translator(int bits)
    {
        var implemented = Implemented(bits);
        Assert.Contains(Code.Daa, implemented);
        Assert.Contains(Code.Bound_r32_m3232, implemented);
        output.WriteLine($"{implemented.Count} codes are implemented; not in 64-bit mode: "
            + string.Join(", ", implemented.Where(code => !code.ToOpCode().Mode64)));
    }

    // UD0 to UD2 are implemented by not being so.
    private static bool Means(Code code) => code.Mnemonic() is not (Mnemonic.Ud0 or Mnemonic.Ud1 or Mnemonic.Ud2);

    private static HashSet<Code> Implemented(int bits)
    {
        var implemented = new HashSet<Code>();
        byte[] bytes = new byte[32];
        var naming = new ByteArrayCodeReader(bytes);
        var namer = Decoder.Create(bits, naming);
        var reading = new ByteArrayCodeReader(bytes);
        var decoder = Decoder.Create(bits, reading, BlockBuilder.Options);
        nint invalid = (nint)(delegate*<Cpu, Op*, bool>)&Miscellaneous.InvalidOpcode;
        Op op;
        foreach (byte[] prefixes in bits == 64 ? Prefixes64 : Prefixes16)
            foreach (byte[] map in Maps)
                for (int opcode = 0; opcode < 256; opcode++)
                    for (int modrm = 0; modrm < 256; modrm++)
                    {
                        Array.Clear(bytes);
                        prefixes.CopyTo(bytes, 0);
                        map.CopyTo(bytes, prefixes.Length);
                        int at = prefixes.Length + map.Length;
                        bytes[at] = (byte)opcode;
                        bytes[at + 1] = (byte)modrm;
                        naming.Position = reading.Position = 0;
                        namer.IP = decoder.IP = 0;
                        namer.Decode(out Instruction named);
                        decoder.Decode(out Instruction instruction);
                        Translator.Translate(instruction, &op, bits, out _);
                        if (!named.IsInvalid && (nint)op.Handler != invalid) implemented.Add(named.Code);
                    }
        return implemented;
    }
}
