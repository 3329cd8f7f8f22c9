namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>What is to be delivered.</summary>
internal enum WHV_X64_PENDING_EVENT_TYPE : uint
{
    WHvX64PendingEventException = 0,
    WHvX64PendingEventExtInt = 5,
}
