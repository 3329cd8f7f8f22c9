namespace VirtEngine.Boot;

/// <summary>One range of the memory map that a guest is told at boot.</summary>
/// <param name="Address">First guest-physical address.</param>
/// <param name="Length">Bytes; not zero.</param>
/// <param name="Type">What the range is.</param>
public readonly record struct MemoryMapEntry(ulong Address, ulong Length, MemoryMapType Type)
{
    /// <summary>First guest-physical address behind the range.</summary>
    public ulong End => Address + Length;
}
