using System.Buffers.Binary;
using VirtEngine.Bus;
using VirtEngine.Memory;
using VirtEngine.Pci;
using VirtEngine.Tests.Chipset;
using VirtEngine.Virtio;

namespace VirtEngine.Tests.Virtio;

/// <summary>A guest's driver as the specification describes one: it finds the device's ranges by capabilities and speaks through the bus alone.</summary>
internal sealed class VirtioDriver : IDisposable
{
    internal const ulong RamSize = 4 << 20;

    private readonly GuestBus _bus = new();
    private readonly PciBus _pci = new();
    private readonly Dictionary<byte, ulong> _ranges = [];
    private readonly ulong _ecam = PciEcam.Address + 0x8000;
    private readonly Dictionary<int, VirtioDriverQueue> _queues = [];
    private readonly RecordingDoorbells? _doorbells;

    /// <param name="make">Makes the device.</param>
    /// <param name="doorbells">What rings in place of the bus.</param>
    internal VirtioDriver(Func<GuestMemory, VirtioDevice> make, RecordingDoorbells? doorbells = null)
    {
        _doorbells = doorbells;
        Memory = new GuestMemory(RamSize);
        new PciEcam(_pci).Map(_bus);
        Function = new VirtioPciFunction(_bus, make(Memory), Msi, Line, "virtio", doorbells);
        _pci.Add(1, Function);
        _pci.AssignBars(0xC000_0000, 0xE000_0000);
        ulong bar = _bus.ReadMmio(_ecam + 0x10, 4) & ~15ul;
        Bar = bar;
        for (byte at = Config8(0x34); at != 0; at = Config8(at + 1))
        {
            if (Config8(at) == 9) _ranges.TryAdd(Config8(at + 3), bar + _bus.ReadMmio(_ecam + at + 8, 4));
            if (Config8(at) == 9 && Config8(at + 3) == 5) WindowCapability = at;
            if (Config8(at) == 0x11) MsiXCapability = at;
        }
    }

    internal GuestMemory Memory { get; }

    internal GuestBus Bus => _bus;

    internal VirtioPciFunction Function { get; }

    internal RecordingMsi Msi { get; } = new();

    internal RecordingLine Line { get; } = new();

    internal ulong Bar { get; }

    internal int MsiXCapability { get; }

    internal int WindowCapability { get; }

    internal byte Status
    {
        get => (byte)Common(0x14, 1);
        set => SetCommon(0x14, 1, value);
    }

    internal byte Isr => (byte)_bus.ReadMmio(_ranges[3], 1);

    internal byte Config8(int offset) => (byte)_bus.ReadMmio(_ecam + (ulong)offset, 1);

    internal ulong Config(int offset, int size) => _bus.ReadMmio(_ecam + (ulong)offset, size);

    internal void SetConfig(int offset, int size, ulong value) => _bus.WriteMmio(_ecam + (ulong)offset, size, value);

    internal ulong Common(int offset, int size) => _bus.ReadMmio(_ranges[1] + (ulong)offset, size);

    internal void SetCommon(int offset, int size, ulong value) => _bus.WriteMmio(_ranges[1] + (ulong)offset, size, value);

    internal ulong Device(int offset, int size) => _bus.ReadMmio(_ranges[4] + (ulong)offset, size);

    internal void SetDevice(int offset, int size, ulong value) => _bus.WriteMmio(_ranges[4] + (ulong)offset, size, value);

    /// <summary>Where a queue is notified.</summary>
    internal ulong NotifyAt(int queue) => _ranges[2] + 4 * (ulong)queue;

    internal void Notify(int queue)
    {
        if (_doorbells is null || !_doorbells.TryStore(NotifyAt(queue))) _bus.WriteMmio(NotifyAt(queue), 2, (ulong)queue);
    }

    internal ulong OfferedFeatures()
    {
        SetCommon(0, 4, 0);
        ulong low = Common(4, 4);
        SetCommon(0, 4, 1);
        return low | Common(4, 4) << 32;
    }

    /// <summary>Reset, features, queues, go.</summary>
    internal void Start(ulong features, bool msiX = true)
    {
        Status = 0;
        Status = 1;
        Status = 3;
        for (uint half = 0; half < 2; half++)
        {
            SetCommon(8, 4, half);
            SetCommon(12, 4, (uint)(features >> 32 * (int)half));
        }
        Status = 11;
        if (msiX) EnableMsiX();
        int count = (int)Common(0x12, 2);
        for (int i = 0; i < count; i++) _queues[i] = new VirtioDriverQueue(this, i, 0x1_0000 + (ulong)i * 0x8000);
        Status = 15;
    }

    /// <summary>Puts the BAR back and opens the memory space, wherever a guest gone mad has left them.</summary>
    internal void Restore()
    {
        SetConfig(4, 2, 0);
        SetConfig(0x10, 4, Bar);
        SetConfig(0x14, 4, Bar >> 32);
        SetConfig(4, 2, 6);
        SetConfig(MsiXCapability + 2, 2, 0);
        Assert.Equal(Bar, Config(0x10, 4) & ~15ul);
    }

    internal VirtioDriverQueue Queue(int index) => _queues[index];

    private void EnableMsiX()
    {
        ulong table = Bar + (Config(MsiXCapability + 4, 4) & ~7ul);
        int vectors = (int)Config(MsiXCapability + 2, 2) + 1 & 0x7FF;
        for (int i = 0; i < vectors; i++)
        {
            _bus.WriteMmio(table + 16 * (ulong)i, 4, 0xFEE0_0000);
            _bus.WriteMmio(table + 16 * (ulong)i + 8, 4, 0x40 + (ulong)i);
            _bus.WriteMmio(table + 16 * (ulong)i + 12, 4, 0);
        }
        SetConfig(MsiXCapability + 2, 2, 0x8000);
        SetCommon(0x10, 2, 0);
    }

    public void Dispose()
    {
        _pci.Dispose();
        Memory.Dispose();
    }

    internal ushort Read16(ulong address)
    {
        Span<byte> bytes = stackalloc byte[2];
        Assert.True(Memory.TryRead(address, bytes));
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    internal uint Read32(ulong address)
    {
        Span<byte> bytes = stackalloc byte[4];
        Assert.True(Memory.TryRead(address, bytes));
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    internal void Write16(ulong address, ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        Memory.Write(address, bytes);
    }
}
