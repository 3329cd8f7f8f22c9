namespace VirtEngine.Pci;

/// <summary>
/// PCI bus 0 of segment 0: up to 32 single-function devices behind the host bridge, reached by configuration ports and by ECAM.
/// </summary>
internal sealed class PciBus : IDisposable
{
    internal const int Slots = 32;

    private readonly PciFunction?[] _functions = new PciFunction?[Slots];

    /// <summary>Puts a function into a slot.</summary>
    internal void Add(int slot, PciFunction function)
    {
        if (_functions[slot] is { } other) throw new InvalidOperationException($"PCI slot {slot} holds {other.StateName} already.");
        _functions[slot] = function;
    }

    /// <summary>The functions by slot.</summary>
    internal IEnumerable<(int Slot, PciFunction Function)> Functions =>
        _functions.Index().Where(f => f.Item is not null).Select(f => (f.Index, f.Item!));

    /// <summary>Gives every BAR an address, ascending from <paramref name="start"/>, each aligned to its size.</summary>
    /// <exception cref="InvalidOperationException">They do not fit below <paramref name="end"/>.</exception>
    internal void AssignBars(ulong start, ulong end)
    {
        ulong next = start;
        foreach (var (slot, function) in Functions)
        {
            function.AssignInterrupt(Chipset.InterruptRouter.PciInterrupt(slot, 0));
            foreach (var bar in function.Bars)
            {
                ulong address = (next + bar.Size - 1) & ~(bar.Size - 1);
                next = address + bar.Size;
                if (next > end) throw new InvalidOperationException($"No room for BAR {bar.Index} of {function.StateName}.");
                function.Assign(bar, address);
            }
        }
    }

    /// <summary>A configuration read: all ones where nothing is.</summary>
    /// <param name="bus">Bus number.</param>
    /// <param name="device">Slot, 0 to 31, and function, 0 to 7, as in bits 3–7 and 0–2.</param>
    /// <param name="offset">Register, 0 to 4095.</param>
    /// <param name="size">1, 2 or 4.</param>
    internal uint Read(int bus, int device, int offset, int size) =>
        Find(bus, device) is { } function && (offset & size - 1) == 0 ? function.ReadConfig(offset, size) : uint.MaxValue >> (32 - 8 * size);

    /// <summary>A configuration write: lost where nothing is.</summary>
    internal void Write(int bus, int device, int offset, int size, uint value)
    {
        if ((offset & size - 1) == 0) Find(bus, device)?.WriteConfig(offset, size, value);
    }

    private PciFunction? Find(int bus, int device) => bus == 0 && (device & 7) == 0 ? _functions[device >> 3] : null;

    public void Dispose()
    {
        foreach (var (_, function) in Functions) function.Dispose();
    }
}
