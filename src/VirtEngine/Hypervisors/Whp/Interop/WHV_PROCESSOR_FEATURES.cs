namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>What the hypervisor lets guests see of the processor: the first bank.</summary>
[Flags]
internal enum WHV_PROCESSOR_FEATURES : ulong
{
    Sse3Support = 1ul << 0,
    LahfSahfSupport = 1ul << 1,
    Ssse3Support = 1ul << 2,
    Sse4_1Support = 1ul << 3,
    Sse4_2Support = 1ul << 4,
    PopCntSupport = 1ul << 7,
    Cmpxchg16bSupport = 1ul << 8,
    RdWrFsGsSupport = 1ul << 22,
    SmepSupport = 1ul << 23,
    EnhancedFastStringSupport = 1ul << 24,
    MovbeSupport = 1ul << 29,
    DepX87FPUSaveSupport = 1ul << 31,
    RdtscpSupport = 1ul << 38,
    IbrsSupport = 1ul << 44,
    StibpSupport = 1ul << 45,
    IbpbSupport = 1ul << 46,
    SsbdSupport = 1ul << 48,
    RdclNo = 1ul << 51,
    IbrsAllSupport = 1ul << 52,
    SsbNo = 1ul << 54,
    MdsNoSupport = 1ul << 59,
    TaaNoSupport = 1ul << 61,
}
