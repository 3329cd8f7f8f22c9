namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>What waits to be delivered.</summary>
internal enum WHV_X64_PENDING_INTERRUPTION_TYPE : uint
{
    WHvX64PendingInterrupt = 0,
    WHvX64PendingNmi = 2,
    WHvX64PendingException = 3,
}
