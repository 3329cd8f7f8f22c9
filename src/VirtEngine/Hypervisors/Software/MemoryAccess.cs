namespace VirtEngine.Hypervisors.Software;

/// <summary>What an access to memory is for.</summary>
internal enum MemoryAccess
{
    Read,
    Write,
    Fetch,
}
