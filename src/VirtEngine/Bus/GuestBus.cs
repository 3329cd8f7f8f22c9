namespace VirtEngine.Bus;

/// <summary>
/// Routes accesses to devices. Ranges may be claimed and released while processors run (PCI BARs move): readers see one immutable table.
/// </summary>
public sealed class GuestBus : IGuestBus
{
    private readonly record struct MmioRange(ulong Start, ulong Length, IMmioDevice Device);

    private readonly IPortDevice?[] _ports = new IPortDevice?[0x10000];
    private readonly Lock _gate = new();
    private volatile MmioRange[] _ranges = [];

    /// <summary>Claims ports.</summary>
    /// <exception cref="InvalidOperationException">One of them belongs to another device.</exception>
    public void MapPorts(ushort first, int count, IPortDevice device)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + count, _ports.Length);
        lock (_gate)
        {
            for (int i = first; i < first + count; i++)
                if (_ports[i] is { } owner && owner != device)
                    throw new InvalidOperationException($"Port 0x{i:x} belongs to {owner.GetType().Name} already.");
            for (int i = first; i < first + count; i++) Volatile.Write(ref _ports[i], device);
        }
    }

    /// <summary>Gives ports back; those of other devices stay theirs.</summary>
    public void UnmapPorts(ushort first, int count, IPortDevice device)
    {
        lock (_gate)
            for (int i = first; i < Math.Min(first + count, _ports.Length); i++)
                if (_ports[i] == device) Volatile.Write(ref _ports[i], null);
    }

    /// <summary>Claims a range of physical addresses.</summary>
    /// <returns>False if a part of it is claimed already.</returns>
    public bool TryMapMmio(ulong start, ulong length, IMmioDevice device)
    {
        if (length == 0 || start > ulong.MaxValue - length) return false;
        lock (_gate)
        {
            var old = _ranges;
            int at = 0;
            while (at < old.Length && old[at].Start < start) at++;
            if (at > 0 && old[at - 1].Start + old[at - 1].Length > start) return false;
            if (at < old.Length && start + length > old[at].Start) return false;
            _ranges = [.. old.AsSpan(0, at), new MmioRange(start, length, device), .. old.AsSpan(at)];
            return true;
        }
    }

    /// <summary>Gives back the range that <paramref name="device"/> holds at <paramref name="start"/>, if any.</summary>
    public void UnmapMmio(ulong start, IMmioDevice device)
    {
        lock (_gate) _ranges = Array.FindAll(_ranges, r => r.Start != start || r.Device != device);
    }

    /// <inheritdoc/>
    public uint ReadPort(ushort port, int size) =>
        Volatile.Read(ref _ports[port])?.ReadPort(port, size) ?? uint.MaxValue >> (32 - 8 * size);

    /// <inheritdoc/>
    public void WritePort(ushort port, int size, uint value) => Volatile.Read(ref _ports[port])?.WritePort(port, size, value);

    /// <inheritdoc/>
    public ulong ReadMmio(ulong address, int size) =>
        TryFind(address, size, out var range) ? range.Device.ReadMmio(address - range.Start, size) : ulong.MaxValue >> (64 - 8 * size);

    /// <inheritdoc/>
    public void WriteMmio(ulong address, int size, ulong value)
    {
        if (TryFind(address, size, out var range)) range.Device.WriteMmio(address - range.Start, size, value);
    }

    private bool TryFind(ulong address, int size, out MmioRange range)
    {
        var table = _ranges;
        int low = 0, high = table.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            ref readonly var candidate = ref table[middle];
            if (address < candidate.Start) high = middle - 1;
            else if (address - candidate.Start >= candidate.Length) low = middle + 1;
            else
            {
                range = candidate;
                return (ulong)size <= candidate.Length - (address - candidate.Start);
            }
        }
        range = default;
        return false;
    }
}
