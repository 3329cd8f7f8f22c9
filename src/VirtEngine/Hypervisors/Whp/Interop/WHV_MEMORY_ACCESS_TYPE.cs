namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>What an access to memory was for.</summary>
internal enum WHV_MEMORY_ACCESS_TYPE : uint
{
    WHvMemoryAccessRead = 0,
    WHvMemoryAccessWrite = 1,
    WHvMemoryAccessExecute = 2,
}
