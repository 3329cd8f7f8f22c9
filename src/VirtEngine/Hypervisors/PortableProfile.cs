using System.Collections.Frozen;

namespace VirtEngine.Hypervisors;

/// <summary>
/// The profile that every backend can offer, so that a checkpoint moves between them: x86-64-v2, and a time-stamp counter of 1 GHz.
/// Only what the software CPU implements is reported.
/// </summary>
public static class PortableProfile
{
    private const int TscHz = 1_000_000_000;

    // ARCH_CAPABILITIES: RDCL, RSBA (not), VMENTRY, SSB, MDS, PSCHANGE, TAA, SBDR, FBSDP, PSDP, BHI, PBRSB, GDS, RFDS and ITS "NO": a processor
    // that does not speculate has none of these faults. IBRS_ALL: the indirect branch restriction always holds.
    private const ulong NotVulnerable = 1ul << 0 | 1ul << 1 | 1ul << 3 | 1ul << 4 | 1ul << 5 | 1ul << 6 | 1ul << 8 | 1ul << 13 | 1ul << 14 | 1ul << 15
        | 1ul << 20 | 1ul << 24 | 1ul << 26 | 1ul << 27 | 1ul << 62;

    /// <summary>The profile <c>portable</c>.</summary>
    public static CpuProfile Instance { get; } = new()
    {
        Name = "portable",
        TscHz = TscHz,
        ApicTimerHz = TscHz,
        Cpuid =
        [
            Vendor(0, 0x16),
            // Family 6, model 158, stepping 10: a processor without errata that kernels work around.
            new(1, 0, 0x000906EA, 0x0000_0800, Leaf1Ecx, Leaf1Edx),
            new(2, 0, 0x00FE_FF01, 0, 0, 0),
            new(4, 0, 0, 0, 0, 0),
            new(6, 0, 1 << 2, 0, 0, 0), // ARAT: the APIC timer always runs
            new(7, 0, 0, Leaf7Ebx, 0, Leaf7Edx),
            new(0xB, 0, 0, 0, 0, 0),
            // The crystal's rate, which is the TSC's: clocks need no calibration.
            new(0x15, 0, 1, 1, TscHz, 0),
            new(0x16, 0, TscHz / 1_000_000, TscHz / 1_000_000, 100, 0),
            new(0x4000_0000, 0, 0x4000_0000, Text("Virt"), Text("Tool"), Text("sCPU")),
            new(0x8000_0000, 0, 0x8000_0008, 0, 0, 0),
            // LAHF in 64-bit mode; SYSCALL, NX, RDTSCP, long mode.
            new(0x8000_0001, 0, 0, 0, 1, 1 << 11 | 1 << 20 | 1 << 27 | 1 << 29),
            Brand(0x8000_0002, "VirtTools portab"),
            Brand(0x8000_0003, "le x86-64 proces"),
            Brand(0x8000_0004, "sor\0"),
            new(0x8000_0007, 0, 0, 0, 0, 1 << 8), // invariant TSC
            new(0x8000_0008, 0, 40 | 48 << 8, 0, 0, 0), // 40 physical and 48 linear address bits
        ],
        ConstantMsrs = new Dictionary<uint, ulong>
        {
            [0x10A] = NotVulnerable,
            [0x8B] = 0x0000_00FF_0000_0000, // microcode revision
            [0xFE] = 8 | 1 << 8 | 1 << 10, // MTRRCAP: 8 variable ranges, fixed ranges, write-combining
            [0x179] = 0, // MCG_CAP: no machine check banks
            [0x17] = 0, // PLATFORM_ID
            [0x3A] = 1, // FEATURE_CONTROL: locked, no VMX
            [0x1A0] = 1, // MISC_ENABLE: fast strings
            [0x277] = 0x0007_0406_0007_0406, // PAT
            [0x1D9] = 0, // DEBUGCTL
        }.ToFrozenDictionary(),
    };

    // SSE3, SSSE3, CX16, SSE4.1, SSE4.2, MOVBE, POPCNT, TSC deadline, hypervisor.
    private const uint Leaf1Ecx = 1u << 0 | 1u << 9 | 1u << 13 | 1u << 19 | 1u << 20 | 1u << 22 | 1u << 23 | 1u << 24 | 1u << 31;

    // FPU, DE, PSE, TSC, MSR, PAE, CX8, APIC, SEP, MTRR, PGE, CMOV, PAT, PSE-36, CLFLUSH, MMX, FXSR, SSE, SSE2.
    private const uint Leaf1Edx = 1u << 0 | 1u << 2 | 1u << 3 | 1u << 4 | 1u << 5 | 1u << 6 | 1u << 8 | 1u << 9 | 1u << 11 | 1u << 12 | 1u << 13
        | 1u << 15 | 1u << 16 | 1u << 17 | 1u << 19 | 1u << 23 | 1u << 24 | 1u << 25 | 1u << 26;

    // FSGSBASE, TSC_ADJUST, SMEP, ERMS, and that the x87 environment holds no code and data selectors.
    private const uint Leaf7Ebx = 1u << 0 | 1u << 1 | 1u << 7 | 1u << 9 | 1u << 13;

    // IBRS and IBPB, STIBP, L1D_FLUSH, ARCH_CAPABILITIES, SSBD: nothing speculates, so all of them hold.
    private const uint Leaf7Edx = 1u << 26 | 1u << 27 | 1u << 28 | 1u << 29 | 1u << 31;

    private static CpuidLeaf Vendor(uint leaf, uint last) => new(leaf, 0, last, Text("Genu"), Text("ntel"), Text("ineI"));

    private static CpuidLeaf Brand(uint leaf, string text)
    {
        text = text.PadRight(16, '\0');
        return new(leaf, 0, Text(text[..4]), Text(text[4..8]), Text(text[8..12]), Text(text[12..16]));
    }

    private static uint Text(string four) => (uint)(four[0] | four[1] << 8 | four[2] << 16 | four[3] << 24);
}
