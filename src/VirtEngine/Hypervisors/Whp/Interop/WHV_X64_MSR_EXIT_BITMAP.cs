namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>Accesses to model-specific registers that leave the guest.</summary>
[Flags]
internal enum WHV_X64_MSR_EXIT_BITMAP : ulong
{
    UnhandledMsrs = 1ul << 0,
}
