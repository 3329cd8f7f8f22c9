using System.Buffers.Binary;
using VirtEngine.Bus;
using VirtEngine.Pci;

namespace VirtEngine.Virtio;

/// <summary>
/// The PCI transport (virtio 1.2, 4.1), modern only: one 64-bit BAR holds the common configuration, ISR, device configuration,
/// notifications and the MSI-X table, each on pages of its own. Without MSI-X it interrupts by INTA.
/// </summary>
internal sealed class VirtioPciFunction : PciFunction, IMmioDevice, IVirtioInterrupts
{
    private const ulong BarSize = 0x8000;
    private const int IsrAt = 0x1000, DeviceAt = 0x2000, NotifyAt = 0x3000, MsiXAt = 0x4000;
    private const int CommonSize = 0x38, DeviceSize = 0x1000, NotifyMultiplier = 4;
    private const byte VendorCapability = 9;
    private const byte CommonType = 1, NotifyType = 2, IsrType = 3, DeviceType = 4, PciType = 5;
    private const byte QueueInterrupt = 1, ConfigurationInterrupt = 2;

    private readonly VirtioDevice _device;
    private readonly MsiX _msiX;
    private readonly IInterruptLine _line;
    private readonly IDoorbellHost? _doorbells;
    private readonly int _msiXCapability, _pciCapability;
    private uint _deviceFeatureSelect, _driverFeatureSelect;
    private ushort _configurationVector = VirtQueue.NoVector, _queueSelect;
    private byte _isr;
    private ulong? _doorbellsAt;

    /// <param name="bus">Where its BAR appears.</param>
    /// <param name="device">The device behind it.</param>
    /// <param name="target">Takes its messages.</param>
    /// <param name="line">Its INTA.</param>
    /// <param name="stateName">Name of its unit of state.</param>
    /// <param name="doorbells">Rings in place of the bus, if somebody can.</param>
    internal VirtioPciFunction(
        GuestBus bus, VirtioDevice device, IMsiTarget target, IInterruptLine line, string stateName, IDoorbellHost? doorbells = null)
        : base(bus, new PciIdentity(0x1AF4, (ushort)(0x1040 + device.DeviceType), device.PciClass, 1, 0x1AF4, 0x1100), stateName, device.Gate)
    {
        _device = device;
        _line = line;
        _doorbells = doorbells;
        device.Interrupts = this;
        _msiX = new MsiX(target, device.Queues.Count + 1);
        AddBar(new PciBar(0, BarSize, Is64Bit: true, this));
        SetInterruptPin(1);
        _msiXCapability = AddCapability(MsiX.CapabilityId, _msiX.CapabilityBody(0, MsiXAt), MsiX.CapabilityWritable);
        AddRange(CommonType, 0, CommonSize, []);
        AddRange(IsrType, IsrAt, 1, []);
        AddRange(DeviceType, DeviceAt, DeviceSize, []);
        AddRange(NotifyType, NotifyAt, (uint)(NotifyMultiplier * device.Queues.Count), [NotifyMultiplier, 0, 0, 0]);
        ReadOnlySpan<byte> open = [0, 0, 0xFF, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        _pciCapability = AddRange(PciType, 0, 0, [0, 0, 0, 0], open);
    }

    /// <summary>The device behind the transport.</summary>
    internal VirtioDevice Device => _device;

    private int AddRange(byte type, uint offset, uint length, ReadOnlySpan<byte> more, ReadOnlySpan<byte> writable = default)
    {
        Span<byte> body = stackalloc byte[14 + more.Length];
        body.Clear();
        body[0] = (byte)(body.Length + 2);
        body[1] = type;
        BinaryPrimitives.WriteUInt32LittleEndian(body[6..], offset);
        BinaryPrimitives.WriteUInt32LittleEndian(body[10..], length);
        more.CopyTo(body[14..]);
        return AddCapability(VendorCapability, body, writable);
    }

    public ulong ReadMmio(ulong offset, int size)
    {
        lock (Gate)
        {
            int at = (int)offset & 0xFFF;
            return ((int)offset & ~0xFFF) switch
            {
                0 => ReadCommon(at, size),
                IsrAt => at == 0 ? ReadIsr() : 0ul,
                DeviceAt => _device.ReadConfiguration(at, size),
                MsiXAt => _msiX.Read(at, size),
                _ => 0,
            };
        }
    }

    public void WriteMmio(ulong offset, int size, ulong value)
    {
        if (((int)offset & ~0xFFF) == NotifyAt && _device.TryKick(((int)offset & 0xFFF) / NotifyMultiplier)) return;
        lock (Gate)
        {
            int at = (int)offset & 0xFFF;
            switch ((int)offset & ~0xFFF)
            {
                case 0: WriteCommon(at, size, value); break;
                case DeviceAt: _device.WriteConfiguration(at, size, value); break;
                case NotifyAt: _device.Notify(at / NotifyMultiplier); break;
                case MsiXAt: _msiX.Write(at, size, value); break;
            }
        }
    }

    public void RaiseQueue(int queue) => Raise(_device.Queues[queue].Vector, QueueInterrupt);

    public void RaiseConfiguration() => Raise(_configurationVector, ConfigurationInterrupt);

    private void Raise(ushort vector, byte reason)
    {
        if (_msiX.Enabled)
        {
            if (vector != VirtQueue.NoVector) _msiX.Raise(vector);
            return;
        }
        _isr |= reason;
        UpdateLine();
    }

    private byte ReadIsr()
    {
        byte value = _isr;
        _isr = 0;
        UpdateLine();
        return value;
    }

    private void UpdateLine()
    {
        ShowInterrupt(_isr != 0);
        _line.Set(_isr != 0 && !_msiX.Enabled && (Command & PciRegister.InterruptDisable) == 0);
    }

    private VirtQueue? Selected => _queueSelect < _device.Queues.Count ? _device.Queues[_queueSelect] : null;

    /// <summary>The field of the common configuration that an offset lies in: where it begins and its bytes (virtio 1.2, 4.1.4.3).</summary>
    private static (int Start, int Length) FieldAt(int offset) => offset switch
    {
        < 0x10 => (offset & ~3, 4),
        < 0x14 => (offset & ~1, 2),
        < 0x16 => (offset, 1),
        < 0x20 => (offset & ~1, 2),
        _ => (offset & ~7, 8),
    };

    private ulong ReadCommon(int offset, int size)
    {
        if (offset >= CommonSize) return 0;
        var (start, length) = FieldAt(offset);
        if (offset + size > start + length) return 0;
        return (ReadField(start) >> 8 * (offset - start)) & ulong.MaxValue >> (64 - 8 * size);
    }

    private ulong ReadField(int start) => start switch
    {
        0x00 => _deviceFeatureSelect,
        0x04 => Half(_device.OfferedFeatures, _deviceFeatureSelect),
        0x08 => _driverFeatureSelect,
        0x0C => Half(_device.DriverFeatures, _driverFeatureSelect),
        0x10 => _configurationVector,
        0x12 => (ulong)_device.Queues.Count,
        0x14 => (ulong)_device.Status,
        0x16 => _queueSelect,
        0x18 => Selected?.Size ?? 0u,
        0x1A => Selected?.Vector ?? VirtQueue.NoVector,
        0x1C => Selected is { Enabled: true } ? 1u : 0u,
        0x1E => _queueSelect,
        0x20 => Selected?.DescriptorAddress ?? 0,
        0x28 => Selected?.DriverAddress ?? 0,
        0x30 => Selected?.DeviceAddress ?? 0,
        _ => 0,
    };

    private void WriteCommon(int offset, int size, ulong value)
    {
        if (offset >= CommonSize) return;
        var (start, length) = FieldAt(offset);
        // Fields are written whole; those of 64 bits may be written by halves.
        if (size != length && !(length == 8 && size == 4 && (offset & 3) == 0)) return;
        if (size < length)
        {
            int shift = 8 * (offset - start);
            value = ReadField(start) & ~(0xFFFF_FFFFul << shift) | (value & 0xFFFF_FFFF) << shift;
        }
        WriteField(start, value);
    }

    private void WriteField(int start, ulong value)
    {
        switch (start)
        {
            case 0x00: _deviceFeatureSelect = (uint)value; break;
            case 0x08: _driverFeatureSelect = (uint)value; break;
            case 0x0C when _driverFeatureSelect < 2:
                int shift = 32 * (int)_driverFeatureSelect;
                _device.SetDriverFeatures(_device.DriverFeatures & ~(0xFFFF_FFFFul << shift) | value << shift);
                break;
            case 0x10: _configurationVector = Valid(value); break;
            case 0x14: WriteStatus((VirtioStatus)(byte)value); break;
            case 0x16: _queueSelect = (ushort)value; break;
            case >= 0x18 when Selected is { } queue: WriteQueue(queue, start, value); break;
        }
    }

    private void WriteQueue(VirtQueue queue, int start, ulong value)
    {
        if (start == 0x1A) { queue.Vector = Valid(value); return; }
        if (queue.Enabled) return;
        switch (start)
        {
            case 0x18: queue.SetSize((ushort)value); break;
            case 0x1C: if (value == 1) _device.EnableQueue(_queueSelect); break;
            case 0x20: queue.DescriptorAddress = value; break;
            case 0x28: queue.DriverAddress = value; break;
            case 0x30: queue.DeviceAddress = value; break;
        }
    }

    private void WriteStatus(VirtioStatus value)
    {
        _device.SetStatus(value);
        UpdateDoorbells();
        if (value != VirtioStatus.None) return;
        _deviceFeatureSelect = _driverFeatureSelect = 0;
        _queueSelect = 0;
        _configurationVector = VirtQueue.NoVector;
        _isr = 0;
        UpdateLine();
    }

    // Bound while the driver drives: until then a guest moves its BARs about, and each binding costs the hypervisor more than an exit.
    private void UpdateDoorbells()
    {
        ulong? at = _device.IsLive ? Bars[0].MappedAt : null;
        if (_doorbells is null || at == _doorbellsAt) return;
        ReleaseDoorbells();
        if (at is { } bar) _device.BindDoorbells(_doorbells, bar + NotifyAt, NotifyMultiplier);
        _doorbellsAt = at;
    }

    private void ReleaseDoorbells()
    {
        if (_doorbellsAt is not null) _device.ReleaseDoorbells();
        _doorbellsAt = null;
    }

    protected override void OnBarMoved(PciBar bar) => UpdateDoorbells();

    private ushort Valid(ulong vector) => vector < (ulong)_msiX.Vectors ? (ushort)vector : VirtQueue.NoVector;

    private static uint Half(ulong features, uint select) => select < 2 ? (uint)(features >> 32 * (int)select) : 0;

    protected override void OnConfigReading(int offset, int size)
    {
        if (!Overlaps(offset, size, _pciCapability + 16, 4) || !TryGetWindow(out ulong at, out int length)) return;
        ulong value = ReadMmio(at, length);
        BinaryPrimitives.WriteUInt32LittleEndian(Config(_pciCapability + 16, 4), (uint)value);
    }

    protected override void OnConfigWritten(int offset, int size)
    {
        if (Overlaps(offset, size, _msiXCapability, 4)) LoadMsiXControl();
        if (Overlaps(offset, size, PciRegister.Command, 2)) UpdateLine();
        if (!Overlaps(offset, size, _pciCapability + 16, 4) || !TryGetWindow(out ulong at, out int length)) return;
        WriteMmio(at, length, BinaryPrimitives.ReadUInt32LittleEndian(Config(_pciCapability + 16, 4)) & uint.MaxValue >> (32 - 8 * length));
    }

    protected override void OnConfigRestored() => LoadMsiXControl();

    private void LoadMsiXControl()
    {
        _msiX.SetControl(BinaryPrimitives.ReadUInt16LittleEndian(Config(_msiXCapability + 2, 2)));
        UpdateLine();
    }

    /// <summary>Where the PCI configuration capability points (virtio 1.2, 4.1.4.9).</summary>
    private bool TryGetWindow(out ulong at, out int length)
    {
        var window = Config(_pciCapability, 16);
        at = BinaryPrimitives.ReadUInt32LittleEndian(window[8..]);
        uint asked = BinaryPrimitives.ReadUInt32LittleEndian(window[12..]);
        length = (int)asked;
        return window[4] == 0 && asked is 1 or 2 or 4 && at % asked == 0 && at + asked <= BarSize;
    }

    private static bool Overlaps(int offset, int size, int start, int length) => offset < start + length && start < offset + size;

    public override void SaveState(BinaryWriter writer)
    {
        lock (Gate)
        {
            writer.Write(_deviceFeatureSelect); writer.Write(_driverFeatureSelect); writer.Write(_configurationVector);
            writer.Write(_queueSelect); writer.Write(_isr);
            _msiX.Save(writer);
            _device.Save(writer);
            base.SaveState(writer);
        }
    }

    public override void LoadState(BinaryReader reader, int version)
    {
        lock (Gate)
        {
            _deviceFeatureSelect = reader.ReadUInt32(); _driverFeatureSelect = reader.ReadUInt32();
            _configurationVector = Valid(reader.ReadUInt16()); _queueSelect = reader.ReadUInt16();
            _isr = (byte)(reader.ReadByte() & (QueueInterrupt | ConfigurationInterrupt));
            _msiX.Load(reader);
            ReleaseDoorbells();
            _device.Load(reader);
            base.LoadState(reader, version);
            UpdateDoorbells();
        }
    }

    internal override void Hold() => _device.Hold();

    internal override void Release() => _device.Release();

    public override void Dispose()
    {
        base.Dispose();
        _device.Dispose();
    }
}
