using VirtEngine.Bus;

namespace VirtEngine.Tests.Virtio;

/// <summary>A hypervisor that rings doorbells itself, with room for some.</summary>
internal sealed class RecordingDoorbells : IDoorbellHost
{
    private readonly SortedDictionary<ulong, Doorbell> _bound = [];

    internal int Room { get; init; } = int.MaxValue;

    /// <summary>Stores that rang in place of the bus.</summary>
    internal int Rings { get; private set; }

    /// <summary>Where doorbells are bound now.</summary>
    internal IEnumerable<ulong> Addresses => [.. _bound.Keys];

    /// <summary>A guest's store.</summary>
    /// <returns>False if it goes to the bus.</returns>
    internal bool TryStore(ulong address)
    {
        if (!_bound.TryGetValue(address, out var doorbell)) return false;
        Rings++;
        doorbell.Ring();
        return true;
    }

    public bool TryBindDoorbell(ulong address, Doorbell doorbell)
    {
        if (_bound.Count == Room) return false;
        _bound.Add(address, doorbell);
        return true;
    }

    public void ReleaseDoorbell(ulong address, Doorbell doorbell)
    {
        Assert.Same(_bound[address], doorbell);
        _bound.Remove(address);
    }
}
