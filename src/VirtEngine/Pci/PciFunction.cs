using System.Buffers.Binary;
using VirtEngine.Bus;
using VirtEngine.State;

namespace VirtEngine.Pci;

/// <summary>
/// A PCI function with a type 0 header: identity, memory BARs that follow what the guest writes, a list of capabilities. Its 256 bytes of
/// configuration space carry a mask of the bits that a guest can change; nothing else ever does. It has no extended space.
/// </summary>
internal class PciFunction : IStatefulDevice, IDisposable
{
    /// <summary>Bytes of conventional configuration space.</summary>
    internal const int ConfigSize = 256;

    private const int FirstCapability = 0x40;
    private const ushort WritableCommand = PciRegister.MemorySpace | PciRegister.BusMaster | PciRegister.ParityResponse |
        PciRegister.SystemError | PciRegister.InterruptDisable;

    private readonly GuestBus _bus;
    private readonly byte[] _config = new byte[ConfigSize], _writable = new byte[ConfigSize];
    private readonly List<PciBar> _bars = [];
    private int _lastCapability, _nextCapability = FirstCapability;

    /// <param name="bus">Where its BARs appear.</param>
    /// <param name="identity">What it says it is.</param>
    /// <param name="stateName">Name of its unit of state.</param>
    /// <param name="gate">The lock of the device behind the function, if that has one.</param>
    internal PciFunction(GuestBus bus, PciIdentity identity, string stateName, Lock? gate = null)
    {
        _bus = bus;
        Gate = gate ?? new Lock();
        StateName = stateName;
        Store16(PciRegister.VendorId, identity.Vendor);
        Store16(PciRegister.DeviceId, identity.Device);
        BinaryPrimitives.WriteUInt32LittleEndian(_config.AsSpan(PciRegister.Revision), identity.Class << 8 | identity.Revision);
        Store16(PciRegister.SubsystemVendorId, identity.SubsystemVendor);
        Store16(PciRegister.SubsystemId, identity.Subsystem);
        BinaryPrimitives.WriteUInt16LittleEndian(_writable.AsSpan(PciRegister.Command), WritableCommand);
        _writable[PciRegister.InterruptLine] = 0xFF;
    }

    public string StateName { get; }

    public virtual int StateVersion => 1;

    /// <summary>Serialises configuration accesses with everything else the function does.</summary>
    internal Lock Gate { get; }

    /// <summary>Its base address registers.</summary>
    internal IReadOnlyList<PciBar> Bars => _bars;

    /// <summary>The command register.</summary>
    protected ushort Command => BinaryPrimitives.ReadUInt16LittleEndian(_config.AsSpan(PciRegister.Command));

    /// <summary>Answers a configuration read.</summary>
    /// <param name="offset">From 0 to 4095; what lies behind byte 255 is not there.</param>
    /// <param name="size">1, 2 or 4, aligned.</param>
    internal uint ReadConfig(int offset, int size)
    {
        if (offset + size > ConfigSize) return uint.MaxValue >> (32 - 8 * size);
        lock (Gate)
        {
            OnConfigReading(offset, size);
            uint value = 0;
            for (int i = 0; i < size; i++) value |= (uint)_config[offset + i] << 8 * i;
            return value;
        }
    }

    /// <summary>Takes a configuration write.</summary>
    internal void WriteConfig(int offset, int size, uint value)
    {
        if (offset + size > ConfigSize) return;
        lock (Gate)
        {
            for (int i = 0; i < size; i++)
            {
                byte mask = _writable[offset + i];
                _config[offset + i] = (byte)(_config[offset + i] & ~mask | (byte)(value >> 8 * i) & mask);
            }
            if (offset < PciRegister.SubsystemVendorId) MapBars();
            OnConfigWritten(offset, size);
        }
    }

    /// <summary>Gives a BAR its first address and opens the memory space, as firmware does.</summary>
    internal void Assign(PciBar bar, ulong address)
    {
        lock (Gate)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_config.AsSpan(bar.Offset), (uint)address | (bar.Is64Bit ? 4u : 0));
            if (bar.Is64Bit) BinaryPrimitives.WriteUInt32LittleEndian(_config.AsSpan(bar.Offset + 4), (uint)(address >> 32));
            _config[PciRegister.Command] |= (byte)PciRegister.MemorySpace;
            MapBars();
        }
    }

    /// <summary>Writes the interrupt line register, as firmware does.</summary>
    internal void AssignInterrupt(int line) => _config[PciRegister.InterruptLine] = (byte)line;

    /// <summary>Adds a memory BAR.</summary>
    protected void AddBar(PciBar bar)
    {
        _bars.Add(bar);
        ulong mask = ~(bar.Size - 1);
        BinaryPrimitives.WriteUInt32LittleEndian(_writable.AsSpan(bar.Offset), (uint)mask & ~15u);
        if (!bar.Is64Bit) return;
        _config[bar.Offset] = 4;
        BinaryPrimitives.WriteUInt32LittleEndian(_writable.AsSpan(bar.Offset + 4), (uint)(mask >> 32));
    }

    /// <summary>Appends a capability to the list (PCI Local Bus 3.0, 6.7).</summary>
    /// <param name="id">Its ID.</param>
    /// <param name="body">What follows the ID and the pointer.</param>
    /// <param name="writableBody">Bits of the body that the guest can change; as long or shorter.</param>
    /// <returns>Its offset.</returns>
    protected int AddCapability(byte id, ReadOnlySpan<byte> body, ReadOnlySpan<byte> writableBody = default)
    {
        int at = _nextCapability;
        _config[at] = id;
        body.CopyTo(_config.AsSpan(at + 2));
        writableBody.CopyTo(_writable.AsSpan(at + 2));
        _config[_lastCapability == 0 ? PciRegister.Capabilities : _lastCapability + 1] = (byte)at;
        _config[PciRegister.Status] |= (byte)PciRegister.CapabilityList;
        _lastCapability = at;
        _nextCapability = (at + 2 + body.Length + 3) & ~3;
        return at;
    }

    /// <summary>Sets the pin that the function interrupts by: 1 for INTA.</summary>
    protected void SetInterruptPin(byte pin) => _config[PciRegister.InterruptPin] = pin;

    /// <summary>Shows in the status register whether INTx is asserted.</summary>
    protected void ShowInterrupt(bool asserted)
    {
        byte bit = (byte)PciRegister.InterruptStatus;
        _config[PciRegister.Status] = (byte)(asserted ? _config[PciRegister.Status] | bit : _config[PciRegister.Status] & ~bit);
    }

    /// <summary>Bytes of configuration space, for capabilities whose content the function makes itself.</summary>
    protected Span<byte> Config(int offset, int length) => _config.AsSpan(offset, length);

    /// <summary>A read is about to happen; <see cref="Gate"/> is held.</summary>
    protected virtual void OnConfigReading(int offset, int size) { }

    /// <summary>A write has happened; <see cref="Gate"/> is held.</summary>
    protected virtual void OnConfigWritten(int offset, int size) { }

    /// <summary>
    /// A BAR was mapped, or is about to leave the bus; <see cref="PciBar.MappedAt"/> says so already. <see cref="Gate"/> is held, but when the
    /// function is disposed of.
    /// </summary>
    protected virtual void OnBarMoved(PciBar bar) { }

    /// <summary>The registers were replaced by saved ones; <see cref="Gate"/> is held.</summary>
    protected virtual void OnConfigRestored() { }

    private void MapBars()
    {
        bool decode = (Command & PciRegister.MemorySpace) != 0;
        // All leave before any arrives, so that BARs can trade places.
        foreach (var bar in _bars)
        {
            if (bar.MappedAt is not { } old || (decode && old == AddressOf(bar))) continue;
            Unmap(bar, old);
        }
        if (!decode) return;
        foreach (var bar in _bars)
        {
            ulong address = AddressOf(bar);
            // Where something else answers already, the BAR stays unmapped: real hardware would fight on the bus.
            if (bar.MappedAt is not null || address == 0 || !_bus.TryMapMmio(address, bar.Size, bar.Device)) continue;
            bar.MappedAt = address;
            OnBarMoved(bar);
        }
    }

    private void Unmap(PciBar bar, ulong address)
    {
        bar.MappedAt = null;
        OnBarMoved(bar);
        _bus.UnmapMmio(address, bar.Device);
    }

    private ulong AddressOf(PciBar bar)
    {
        ulong address = BinaryPrimitives.ReadUInt32LittleEndian(_config.AsSpan(bar.Offset)) & ~15u;
        return bar.Is64Bit ? address | (ulong)BinaryPrimitives.ReadUInt32LittleEndian(_config.AsSpan(bar.Offset + 4)) << 32 : address;
    }

    private void Store16(int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(_config.AsSpan(offset), value);

    public virtual void SaveState(BinaryWriter writer)
    {
        lock (Gate) writer.Write(_config);
    }

    public virtual void LoadState(BinaryReader reader, int version)
    {
        lock (Gate)
        {
            byte[] saved = new byte[ConfigSize];
            reader.ReadExactly(saved);
            for (int i = 0; i < ConfigSize; i++) _config[i] = (byte)(_config[i] & ~_writable[i] | saved[i] & _writable[i]);
            MapBars();
            OnConfigRestored();
        }
    }

    /// <summary>Makes the function stand: it finishes what is under way and begins nothing. The processors stand already.</summary>
    internal virtual void Hold() { }

    /// <summary>Lets it go on.</summary>
    internal virtual void Release() { }

    /// <summary>Takes its BARs off the bus.</summary>
    public virtual void Dispose()
    {
        foreach (var bar in _bars)
        {
            if (bar.MappedAt is { } address) Unmap(bar, address);
        }
        GC.SuppressFinalize(this);
    }
}
