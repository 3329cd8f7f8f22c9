using VirtEngine.Hypervisors.Whp.Interop;
using static VirtEngine.Hypervisors.Whp.Interop.WHV_REGISTER_NAME;

namespace VirtEngine.Hypervisors.Whp;

/// <summary>Model-specific registers that a state carries, and the platform's names for them (Intel SDM vol. 4).</summary>
internal static class WhpMsrs
{
    internal const uint ApicBase = 0x1B, TscAdjust = 0x3B, TscDeadline = 0x6E0;

    /// <summary>All of them but the local APIC's.</summary>
    internal static IReadOnlyList<(uint Msr, WHV_REGISTER_NAME Name)> Carried { get; } =
    [
        (0x174, WHvX64RegisterSysenterCs), (0x175, WHvX64RegisterSysenterEsp), (0x176, WHvX64RegisterSysenterEip),
        (0xC000_0081, WHvX64RegisterStar), (0xC000_0082, WHvX64RegisterLstar), (0xC000_0083, WHvX64RegisterCstar), (0xC000_0084, WHvX64RegisterSfmask),
        (0xC000_0102, WHvX64RegisterKernelGsBase), (0xC000_0103, WHvX64RegisterTscAux), (TscAdjust, WHvX64RegisterTscAdjust),
        (0x48, WHvX64RegisterSpecCtrl), (0x277, WHvX64RegisterPat), (0x2FF, WHvX64RegisterMsrMtrrDefType),
        (0x250, WHvX64RegisterMsrMtrrFix64k00000), (0x258, WHvX64RegisterMsrMtrrFix16k80000), (0x259, WHvX64RegisterMsrMtrrFix16kA0000),
        (0x268, WHvX64RegisterMsrMtrrFix4kC0000), (0x269, WHvX64RegisterMsrMtrrFix4kC8000), (0x26A, WHvX64RegisterMsrMtrrFix4kD0000),
        (0x26B, WHvX64RegisterMsrMtrrFix4kD8000), (0x26C, WHvX64RegisterMsrMtrrFix4kE0000), (0x26D, WHvX64RegisterMsrMtrrFix4kE8000),
        (0x26E, WHvX64RegisterMsrMtrrFix4kF0000), (0x26F, WHvX64RegisterMsrMtrrFix4kF8000),
        .. Enumerable.Range(0, 8).Select(i => (0x200 + 2 * (uint)i, WHvX64RegisterMsrMtrrPhysBase0 + (uint)i)),
        .. Enumerable.Range(0, 8).Select(i => (0x201 + 2 * (uint)i, WHvX64RegisterMsrMtrrPhysMask0 + (uint)i)),
    ];
}
