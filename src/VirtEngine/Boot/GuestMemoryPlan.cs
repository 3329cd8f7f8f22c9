using VirtEngine.Memory;

namespace VirtEngine.Boot;

/// <summary>Where things fit: what the memory map calls RAM and the machine has, above the boot structures and the kernel.</summary>
internal sealed class GuestMemoryPlan
{
    private readonly IReadOnlyList<MemoryMapEntry> _map;

    /// <exception cref="BootException">The map is no map of this memory.</exception>
    internal GuestMemoryPlan(GuestMemory memory, IReadOnlyList<MemoryMapEntry> map)
    {
        _map = map;
        if (map.Count > BootLayout.MaxMemoryMapEntries)
            throw new BootException($"The memory map has {map.Count} ranges; a guest can be told {BootLayout.MaxMemoryMapEntries}.");
        ulong previous = 0;
        foreach (var entry in map)
        {
            if (entry.Length == 0 || entry.End < entry.Address) throw new BootException($"The memory map's range {Show(entry)} is empty or too long.");
            if (entry.Address < previous) throw new BootException($"The memory map's range {Show(entry)} overlaps or precedes the one before it.");
            if (entry.Type == MemoryMapType.Ram && !HasMemory(memory, entry))
                throw new BootException($"The memory map calls {Show(entry)} RAM, but the machine has none there.");
            previous = entry.End;
        }
        if (!IsRam(BootLayout.Gdt, BootLayout.End - BootLayout.Gdt))
            throw new BootException($"The memory map has no RAM at 0x{BootLayout.Gdt:x}–0x{BootLayout.End:x}, where the boot structures go.");
    }

    /// <summary>Whether a whole range is RAM.</summary>
    internal bool IsRam(ulong address, ulong length)
    {
        foreach (var entry in _map)
            if (entry.Type == MemoryMapType.Ram && address >= entry.Address && address < entry.End && length <= entry.End - address) return true;
        return false;
    }

    /// <summary>Finds the highest page where <paramref name="length"/> bytes of RAM lie in [floor, ceiling).</summary>
    /// <param name="length">Bytes wanted.</param>
    /// <param name="floor">Nothing below is used.</param>
    /// <param name="ceiling">Nothing from here on is used.</param>
    /// <param name="address">Where they fit.</param>
    /// <param name="largest">The largest run there is, for messages.</param>
    internal bool TryPlace(ulong length, ulong floor, ulong ceiling, out ulong address, out ulong largest)
    {
        const ulong page = GuestMemory.PageSize;
        largest = 0;
        for (int i = _map.Count - 1; i >= 0; i--)
        {
            if (_map[i].Type != MemoryMapType.Ram) continue;
            ulong start = (Math.Max(_map[i].Address, floor) + page - 1) & ~(page - 1);
            ulong end = Math.Min(_map[i].End, ceiling);
            if (end <= start) continue;
            address = (end - Math.Min(length, end - start)) & ~(page - 1);
            if (length <= end - start && address >= start) return true;
            largest = Math.Max(largest, end - start);
        }
        address = 0;
        return false;
    }

    private static unsafe bool HasMemory(GuestMemory memory, MemoryMapEntry entry) => memory.TryGetPointer(entry.Address, entry.Length, out _);

    private static string Show(MemoryMapEntry entry) => $"0x{entry.Address:x}+0x{entry.Length:x}";
}
