using VirtEngine.Hypervisors.Kvm.Interop;

namespace VirtEngine.Hypervisors.Kvm;

/// <summary>
/// The profile <c>host</c> on KVM: what the host's KVM offers, with its clock, but for what has state that a checkpoint does not carry or a
/// place among the host's processors that a guest does not have.
/// </summary>
internal static class KvmHostProfile
{
    // KVM's own: signature and features (Documentation/virt/kvm/x86/cpuid.rst).
    private const uint Signature = 0x4000_0000, PvFeatures = 0x4000_0001;

    // No delay of ports, clock, steal time, kick of a halted processor, flush of TLBs, IPIs, yield, and that the clock is stable.
    private const uint TakenPvFeatures = 1u << 1 | 1u << 3 | 1u << 5 | 1u << 7 | 1u << 9 | 1u << 11 | 1u << 13 | 1u << 24;

    private const uint XSave = 0xD;

    // x87, SSE, AVX, AVX-512 and protection keys: what struct kvm_xsave has room for.
    private const uint TakenStates = 0x2E7;

    // Performance monitoring, cache and bandwidth allocation, SGX, trace, AMX, topology by other leaves, SVM, caches and topology of AMD.
    private static readonly uint[] Left = [0xA, 0xF, 0x10, 0x12, 0x14, 0x1D, 0x1E, 0x1F, 0x8000_000A, 0x8000_001D, 0x8000_001E, 0x8000_0022];

    // Bits that would promise those, or nested virtualization, or state that XSAVES alone saves (CET, user interrupts).
    private static readonly Dictionary<uint, (uint Ebx, uint Ecx, uint Edx)> Hidden = new()
    {
        [1] = (0, 1u << 5 | 1u << 15, 0),
        [7] = (1u << 2 | 1u << 25, 1u << 7, 1u << 5 | 1u << 20 | 1u << 22 | 1u << 24 | 1u << 25),
        [0x8000_0001] = (0, 1u << 2 | 1u << 22, 0),
    };

    /// <summary>Makes it.</summary>
    /// <param name="supported">KVM_GET_SUPPORTED_CPUID.</param>
    /// <param name="archCapabilities">The host's IA32_ARCH_CAPABILITIES, as KVM tells them to guests.</param>
    /// <param name="tscHz">The host's rate of the time-stamp counter.</param>
    internal static CpuProfile Make(IReadOnlyList<KvmCpuidEntry> supported, ulong archCapabilities, long tscHz) => new()
    {
        Name = CpuProfile.HostName,
        TscHz = tscHz,
        ApicTimerHz = 1_000_000_000,    // KVM's, on every host
        Cpuid = [.. supported.Where(IsTaken).Select(Take)],
        ConstantMsrs = new Dictionary<uint, ulong> { [KvmCpuid.ArchCapabilities] = archCapabilities },
    };

    /// <summary>Whether a guest of this profile has KVM's clock.</summary>
    internal static bool HasClock(CpuProfile profile) => profile.Cpuid.Any(leaf => leaf.Leaf == PvFeatures && (leaf.Eax & 1 << 3) != 0);

    /// <summary>Whether a guest of this profile has XSAVE.</summary>
    internal static bool HasXSave(CpuProfile profile) => profile.Cpuid.Any(leaf => leaf.Leaf == 1 && (leaf.Ecx & 1 << 26) != 0);

    // Topology is filled in by processor, from one leaf.
    private static bool IsTaken(KvmCpuidEntry entry) => !Left.Contains(entry.Function)
        && !(entry.Function == ProcessorCpuid.ExtendedTopology && entry.Index > 0)
        && !(entry.Function == XSave && entry.Index > 1 && (entry.Index > 31 || (TakenStates >> (int)entry.Index & 1) == 0))
        && !(entry.Function > PvFeatures && entry.Function < 0x8000_0000);

    private static CpuidLeaf Take(KvmCpuidEntry entry)
    {
        var leaf = new CpuidLeaf(entry.Function, entry.Index, entry.Eax, entry.Ebx, entry.Ecx, entry.Edx);
        if (entry.Index == 0 && Hidden.TryGetValue(entry.Function, out var hidden))
            leaf = leaf with { Ebx = leaf.Ebx & ~hidden.Ebx, Ecx = leaf.Ecx & ~hidden.Ecx, Edx = leaf.Edx & ~hidden.Edx };
        return (entry.Function, entry.Index) switch
        {
            // The deadline of the TSC, and that a hypervisor is there; one processor in a package, as processors fill in their own.
            (1, _) => leaf with { Ebx = leaf.Ebx & 0xFF00, Ecx = leaf.Ecx | 1u << 24 | 1u << 31 },
            (4, _) => leaf with { Eax = leaf.Eax & 0x3FFF },
            (XSave, 0) => leaf with { Eax = leaf.Eax & TakenStates, Edx = 0 },
            (XSave, 1) => leaf with { Eax = leaf.Eax & 7, Ecx = 0, Edx = 0 },
            (Signature, _) => leaf with { Eax = PvFeatures },
            (PvFeatures, _) => leaf with { Eax = leaf.Eax & TakenPvFeatures },
            (0x8000_0008, _) => leaf with { Ecx = 0 },
            _ => leaf,
        };
    }
}
