namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>What the hypervisor platform can do.</summary>
[Flags]
internal enum WHV_CAPABILITY_FEATURES : ulong
{
    LocalApicEmulation = 1ul << 1,
    Xsave = 1ul << 2,
    DirtyPageTracking = 1ul << 3,
}
