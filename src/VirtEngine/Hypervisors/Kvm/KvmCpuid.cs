using VirtEngine.Hypervisors.Kvm.Interop;

namespace VirtEngine.Hypervisors.Kvm;

/// <summary>What of a profile this host can show to a guest.</summary>
internal static class KvmCpuid
{
    private const uint Structured = 7, Frequencies = 0x16;

    // Of the x87 environment: what the processor does, and nobody can change.
    private const uint NoCodeAndDataSelectors = 1u << 13;

    // The hypervisor's bit is ours to set; the TSC deadline is a capability of its own; MTRR, ARAT and TSC_ADJUST are KVM's own work. That REP MOVSB
    // is fast (ERMS) changes no result.
    private const uint OurLeaf1Ecx = 1u << 24 | 1u << 31, OurLeaf1Edx = 1u << 12 | 1u << 28, OurLeaf7Ebx = 1u << 1 | 1u << 9;

    /// <summary>IA32_ARCH_CAPABILITIES: which faults of speculation a processor does not have.</summary>
    internal const uint ArchCapabilities = 0x10A;

    /// <summary>
    /// The profile as its guests see it here. Bits about speculation (leaf 07H, EDX, and ARCH_CAPABILITIES) are the host's: the guest must know
    /// what its processor does. Where the host cannot scale the time-stamp counter, its rate is the host's.
    /// </summary>
    /// <param name="profile">What was asked for.</param>
    /// <param name="supported">KVM_GET_SUPPORTED_CPUID.</param>
    /// <param name="archCapabilities">The host's IA32_ARCH_CAPABILITIES, as KVM tells them to guests.</param>
    /// <param name="hostTscHz">The rate that the counter must have, or null if it can have any.</param>
    /// <param name="takesWhatIsOffered">Leaves out what is missing, instead of refusing.</param>
    /// <exception cref="KvmException">The host lacks something that the profile promises.</exception>
    internal static CpuProfile Resolve(CpuProfile profile, IReadOnlyList<KvmCpuidEntry> supported, ulong archCapabilities, long? hostTscHz, bool takesWhatIsOffered)
    {
        long tscHz = hostTscHz ?? profile.TscHz;
        var leaves = profile.Cpuid.Select(leaf => leaf.Leaf switch
        {
            Structured when leaf.Subleaf == 0 && Find(supported, Structured, 0) is var host => leaf with
            {
                Ebx = leaf.Ebx & (host.Ebx | ~NoCodeAndDataSelectors), Edx = leaf.Edx & host.Edx,
            },
            TscCrystal.Leaf when leaf.Eax != 0 && tscHz != profile.TscHz => TscCrystal.Describe(tscHz, profile.ApicTimerHz),
            Frequencies when leaf.Eax != 0 => leaf with { Eax = (uint)(tscHz / 1_000_000), Ebx = (uint)(tscHz / 1_000_000) },
            _ => leaf,
        }).ToArray();
        for (int i = 0; i < leaves.Length; i++)
        {
            var missing = Missing(leaves[i], Find(supported, leaves[i].Leaf, leaves[i].Subleaf));
            if (missing == default) continue;
            if (!takesWhatIsOffered) throw Lacking(profile, leaves[i].Leaf, missing);
            leaves[i] = leaves[i] with { Ebx = leaves[i].Ebx & ~missing.Ebx, Ecx = leaves[i].Ecx & ~missing.Ecx, Edx = leaves[i].Edx & ~missing.Edx };
        }
        var registers = new Dictionary<uint, ulong>(profile.ConstantMsrs);
        if (registers.TryGetValue(ArchCapabilities, out ulong promised)) registers[ArchCapabilities] = promised & archCapabilities;
        return profile with { TscHz = tscHz, Cpuid = leaves, ConstantMsrs = registers };
    }

    private static (uint Ebx, uint Ecx, uint Edx) Missing(CpuidLeaf leaf, KvmCpuidEntry host) => leaf.Leaf switch
    {
        ProcessorCpuid.Features => (0u, leaf.Ecx & ~host.Ecx & ~OurLeaf1Ecx, leaf.Edx & ~host.Edx & ~OurLeaf1Edx),
        Structured => (leaf.Ebx & ~host.Ebx & ~OurLeaf7Ebx, leaf.Ecx & ~host.Ecx, 0u),
        0x8000_0001 => (0u, leaf.Ecx & ~host.Ecx, leaf.Edx & ~host.Edx),
        _ => default,
    };

    private static KvmException Lacking(CpuProfile profile, uint leaf, (uint Ebx, uint Ecx, uint Edx) bits) => new(
        $"The host's KVM does not offer what the CPU profile '{profile.Name}' promises: CPUID {leaf:X8}H, "
        + $"{Name("EBX", bits.Ebx)}{Name("ECX", bits.Ecx)}{Name("EDX", bits.Edx)}see Intel SDM vol. 2, CPUID.");

    private static string Name(string register, uint bits) => bits == 0 ? ""
        : $"{register} bit {string.Join(", ", Enumerable.Range(0, 32).Where(bit => (bits >> bit & 1) != 0))}; ";

    private static KvmCpuidEntry Find(IReadOnlyList<KvmCpuidEntry> entries, uint leaf, uint subleaf) =>
        entries.FirstOrDefault(entry => entry.Function == leaf && entry.Index == subleaf);
}
