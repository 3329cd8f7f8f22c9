namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>What the hypervisor lets guests see of the processor: the second bank.</summary>
[Flags]
internal enum WHV_PROCESSOR_FEATURES1 : ulong
{
    TscInvariantSupport = 1ul << 1,
    TscDeadlineTmrSupport = 1ul << 17,
    TscAdjustSupport = 1ul << 18,
}
