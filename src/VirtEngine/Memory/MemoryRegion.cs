namespace VirtEngine.Memory;

/// <summary>A run of guest RAM: where the guest sees it, and where it lies in the machine's memory.</summary>
/// <param name="Address">First guest-physical address, a multiple of 4096.</param>
/// <param name="Length">Bytes, a multiple of 4096.</param>
/// <param name="Offset">Offset of the first byte in the memory's mapping.</param>
public readonly record struct MemoryRegion(ulong Address, ulong Length, ulong Offset)
{
    /// <summary>First guest-physical address behind the region.</summary>
    public ulong End => Address + Length;
}
