using Iced.Intel;
using VirtEngine.Hypervisors;

namespace VirtEngine.Tests.Software.Native;

/// <summary>Which of Iced's features the portable profile reports to guests, by the bits of CPUID (Intel SDM vol. 2, CPUID).</summary>
internal static class ReportedFeatures
{
    private const uint Basic = 1, Structured = 7, Extended = 0x8000_0001;

    private enum Output { Ebx, Ecx, Edx }

    /// <summary>Features that every processor with long mode has, without a bit of their own.</summary>
    private static readonly HashSet<CpuidFeature> Always =
    [
        CpuidFeature.INTEL8086, CpuidFeature.INTEL8086_ONLY, CpuidFeature.INTEL186, CpuidFeature.INTEL286, CpuidFeature.INTEL386,
        CpuidFeature.INTEL486, CpuidFeature.CPUID, CpuidFeature.X64, CpuidFeature.MULTIBYTENOP, CpuidFeature.PAUSE, CpuidFeature.FPU287,
        CpuidFeature.FPU387,
    ];

    private static readonly Dictionary<CpuidFeature, (uint Leaf, Output Register, int Bit)> Bits = new()
    {
        [CpuidFeature.FPU] = (Basic, Output.Edx, 0), [CpuidFeature.TSC] = (Basic, Output.Edx, 4), [CpuidFeature.MSR] = (Basic, Output.Edx, 5),
        [CpuidFeature.CX8] = (Basic, Output.Edx, 8), [CpuidFeature.SEP] = (Basic, Output.Edx, 11), [CpuidFeature.CMOV] = (Basic, Output.Edx, 15),
        [CpuidFeature.CLFSH] = (Basic, Output.Edx, 19), [CpuidFeature.MMX] = (Basic, Output.Edx, 23), [CpuidFeature.FXSR] = (Basic, Output.Edx, 24),
        [CpuidFeature.SSE] = (Basic, Output.Edx, 25), [CpuidFeature.SSE2] = (Basic, Output.Edx, 26),
        [CpuidFeature.SSE3] = (Basic, Output.Ecx, 0), [CpuidFeature.PCLMULQDQ] = (Basic, Output.Ecx, 1), [CpuidFeature.MONITOR] = (Basic, Output.Ecx, 3),
        [CpuidFeature.SSSE3] = (Basic, Output.Ecx, 9), [CpuidFeature.CMPXCHG16B] = (Basic, Output.Ecx, 13),
        [CpuidFeature.SSE4_1] = (Basic, Output.Ecx, 19), [CpuidFeature.SSE4_2] = (Basic, Output.Ecx, 20), [CpuidFeature.MOVBE] = (Basic, Output.Ecx, 22),
        [CpuidFeature.POPCNT] = (Basic, Output.Ecx, 23), [CpuidFeature.AES] = (Basic, Output.Ecx, 25), [CpuidFeature.XSAVE] = (Basic, Output.Ecx, 26),
        [CpuidFeature.FSGSBASE] = (Structured, Output.Ebx, 0), [CpuidFeature.BMI1] = (Structured, Output.Ebx, 3),
        [CpuidFeature.INVPCID] = (Structured, Output.Ebx, 10), [CpuidFeature.ADX] = (Structured, Output.Ebx, 19),
        [CpuidFeature.SMAP] = (Structured, Output.Ebx, 20), [CpuidFeature.CLFLUSHOPT] = (Structured, Output.Ebx, 23),
        [CpuidFeature.CLWB] = (Structured, Output.Ebx, 24), [CpuidFeature.SHA] = (Structured, Output.Ebx, 29),
        [CpuidFeature.RDPID] = (Structured, Output.Ecx, 22), [CpuidFeature.CET_SS] = (Structured, Output.Ecx, 7),
        [CpuidFeature.CET_IBT] = (Structured, Output.Edx, 20), [CpuidFeature.SERIALIZE] = (Structured, Output.Edx, 14),
        [CpuidFeature.LZCNT] = (Extended, Output.Ecx, 5), [CpuidFeature.PREFETCHW] = (Extended, Output.Ecx, 8),
        [CpuidFeature.SYSCALL] = (Extended, Output.Edx, 11), [CpuidFeature.RDTSCP] = (Extended, Output.Edx, 27),
    };

    private static readonly HashSet<CpuidFeature> All = [.. Always, .. Bits.Where(pair => IsSet(pair.Value.Leaf, pair.Value.Register, pair.Value.Bit))
        .Select(pair => pair.Key)];

    /// <summary>Whether guests are told of a feature.</summary>
    internal static bool Contains(CpuidFeature feature) => All.Contains(feature);

    private static bool IsSet(uint leaf, Output register, int bit)
    {
        var found = PortableProfile.Instance.Cpuid.Single(entry => entry.Leaf == leaf && entry.Subleaf == 0);
        uint value = register switch { Output.Ebx => found.Ebx, Output.Ecx => found.Ecx, _ => found.Edx };
        return (value >> bit & 1) != 0;
    }
}
