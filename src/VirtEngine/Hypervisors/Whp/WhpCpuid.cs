using VirtEngine.Hypervisors.Software;
using VirtEngine.Hypervisors.Whp.Interop;
using static VirtEngine.Hypervisors.Whp.Interop.WHV_PROCESSOR_FEATURES;
using static VirtEngine.Hypervisors.Whp.Interop.WHV_PROCESSOR_FEATURES1;

namespace VirtEngine.Hypervisors.Whp;

/// <summary>What of a profile a host's platform can show to a guest.</summary>
internal static class WhpCpuid
{
    private const uint Structured = 7, Frequencies = 0x16, Extended = 0x8000_0001, Power = 0x8000_0007, ArchCapabilities = 0x10A;

    /// <summary>Leaves that differ from processor to processor, or by subleaf: they leave the guest.</summary>
    internal static IReadOnlyList<uint> Exits { get; } = [ProcessorCpuid.Features, ProcessorCpuid.ExtendedTopology];

    private static readonly WhpFeature[] Features =
    [
        new(ProcessorCpuid.Features, "ECX", 0, Has(Sse3Support)), new(ProcessorCpuid.Features, "ECX", 9, Has(Ssse3Support)),
        new(ProcessorCpuid.Features, "ECX", 13, Has(Cmpxchg16bSupport)), new(ProcessorCpuid.Features, "ECX", 19, Has(Sse4_1Support)),
        new(ProcessorCpuid.Features, "ECX", 20, Has(Sse4_2Support)), new(ProcessorCpuid.Features, "ECX", 22, Has(MovbeSupport)),
        new(ProcessorCpuid.Features, "ECX", 23, Has(PopCntSupport)), new(ProcessorCpuid.Features, "ECX", 24, Has(TscDeadlineTmrSupport), MayLack: true),
        new(Structured, "EBX", 0, Has(RdWrFsGsSupport)), new(Structured, "EBX", 1, Has(TscAdjustSupport), MayLack: true),
        new(Structured, "EBX", 7, Has(SmepSupport)), new(Structured, "EBX", 9, Has(EnhancedFastStringSupport), MayLack: true),
        new(Structured, "EBX", 13, Has(DepX87FPUSaveSupport), MayLack: true),
        // Speculation: the guest must know what its processor does, and nobody vouches for IA32_ARCH_CAPABILITIES.
        new(Structured, "EDX", 26, Has(IbrsSupport | IbpbSupport), MayLack: true), new(Structured, "EDX", 27, Has(StibpSupport), MayLack: true),
        new(Structured, "EDX", 28, static _ => false, MayLack: true), new(Structured, "EDX", 29, static _ => false, MayLack: true),
        new(Structured, "EDX", 31, Has(SsbdSupport), MayLack: true),
        new(Extended, "ECX", 0, Has(LahfSahfSupport)), new(Extended, "EDX", 27, Has(RdtscpSupport)),
        new(Power, "EDX", 8, Has(TscInvariantSupport), MayLack: true),
    ];

    /// <summary>
    /// The profile as its guests see it here: clocks are the platform's, which it does not scale, and a few bits may be missing
    /// (<see cref="WhpFeature.MayLack"/>).
    /// </summary>
    /// <exception cref="WhpException">The platform lacks something that the profile promises.</exception>
    internal static CpuProfile Resolve(CpuProfile profile, WhpCapabilities host)
    {
        var leaves = profile.Cpuid.Select(leaf => WithClocks(leaf, host)).ToArray();
        var missing = new List<string>();
        foreach (var feature in Features)
        {
            int at = Array.FindIndex(leaves, leaf => leaf.Leaf == feature.Leaf);
            if (at < 0 || feature.IsOffered(host) || (Of(leaves[at], feature.Register) >> feature.Bit & 1) == 0) continue;
            if (!feature.MayLack) missing.Add($"{feature.Leaf:X8}H {feature.Register} bit {feature.Bit}");
            leaves[at] = Without(leaves[at], feature.Register, ~(1u << feature.Bit));
        }
        if (missing.Count > 0)
            throw new WhpException($"The platform does not offer what the CPU profile '{profile.Name}' promises: CPUID {string.Join(", ", missing)} (Intel SDM vol. 2, CPUID).");
        return profile with
        {
            TscHz = host.TscHz, ApicTimerHz = host.ApicTimerHz, Cpuid = leaves,
            ConstantMsrs = profile.ConstantMsrs.Where(one => one.Key != ArchCapabilities).ToDictionary(one => one.Key, one => one.Value),
        };
    }

    /// <summary>Answers to all leaves that a guest can ask for, but for <see cref="Exits"/>: what is not listed would be the host's.</summary>
    internal static IEnumerable<WHV_X64_CPUID_RESULT> Results(CpuProfile profile)
    {
        var table = new CpuidTable(profile.Cpuid);
        foreach (uint range in (uint[])[0, 0x4000_0000, 0x8000_0000])
        {
            uint last = table.Get(range, 0, apicEnabled: true).Eax;
            for (uint leaf = range; leaf <= last; leaf++)
            {
                if (Exits.Contains(leaf)) continue;
                var answer = table.Get(leaf, 0, apicEnabled: true);
                yield return new() { Function = leaf, Eax = answer.Eax, Ebx = answer.Ebx, Ecx = answer.Ecx, Edx = answer.Edx };
            }
        }
    }

    private static CpuidLeaf WithClocks(CpuidLeaf leaf, WhpCapabilities host) => leaf.Leaf switch
    {
        TscCrystal.Leaf => TscCrystal.Describe(host.TscHz, host.ApicTimerHz),
        Frequencies => leaf with { Eax = (uint)(host.TscHz / 1_000_000), Ebx = (uint)(host.TscHz / 1_000_000) },
        _ => leaf,
    };

    private static uint Of(CpuidLeaf leaf, string register) => register switch { "EBX" => leaf.Ebx, "ECX" => leaf.Ecx, _ => leaf.Edx };

    private static CpuidLeaf Without(CpuidLeaf leaf, string register, uint mask) => register switch
    {
        "EBX" => leaf with { Ebx = leaf.Ebx & mask }, "ECX" => leaf with { Ecx = leaf.Ecx & mask }, _ => leaf with { Edx = leaf.Edx & mask },
    };

    private static Func<WhpCapabilities, bool> Has(WHV_PROCESSOR_FEATURES features) => host => (host.Bank0 & features) == features;

    private static Func<WhpCapabilities, bool> Has(WHV_PROCESSOR_FEATURES1 features) => host => (host.Bank1 & features) == features;
}
