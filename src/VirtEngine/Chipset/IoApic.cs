using VirtEngine.Bus;
using VirtEngine.State;

namespace VirtEngine.Chipset;

/// <summary>
/// An I/O APIC with 24 pins (Intel 82093AA data sheet, 290566) and the EOI register of version 20h (ICH). Interrupts leave as messages in
/// the format of Intel SDM vol. 3, "Message Signalled Interrupts". Pins are driven active high; the polarity bits are kept and not looked at.
/// </summary>
internal sealed class IoApic : IMmioDevice, IStatefulDevice
{
    /// <summary>Where it answers.</summary>
    internal const ulong Address = 0xFEC0_0000;

    internal const int Pins = 24;

    private const ulong Masked = 1 << 16, LevelTriggered = 1 << 15, RemoteIrr = 1 << 14, DeliveryPending = 1 << 12;
    private const ulong ReadOnly = RemoteIrr | DeliveryPending, Defined = 0xFF00_0000_0001_FFFF;
    private const uint Version = 0x20 | (Pins - 1) << 16;

    /// <summary>Told, with the chip locked, what a pin sends from now on: its number, the message's address and data.</summary>
    internal event Action<int, ulong, uint>? EntryChanged;

    private readonly Lock _gate = new();
    private readonly IMsiTarget _target;
    private readonly ulong[] _table = new ulong[Pins];
    private uint _levels, _select, _id;

    internal IoApic(IMsiTarget target)
    {
        _target = target;
        Array.Fill(_table, Masked);
    }

    public string StateName => "ioapic";

    public int StateVersion => 1;

    internal void Map(GuestBus bus)
    {
        if (!bus.TryMapMmio(Address, 0x1000, this)) throw new InvalidOperationException("The I/O APIC's address is taken.");
    }

    /// <summary>Drives a pin.</summary>
    internal void SetPin(int pin, bool level)
    {
        lock (_gate)
        {
            uint bit = 1u << pin;
            bool rises = level && (_levels & bit) == 0;
            _levels = level ? _levels | bit : _levels & ~bit;
            // A masked pin forgets edges (data sheet, 3.2.4).
            if ((_table[pin] & LevelTriggered) != 0) DeliverLevel(pin);
            else if (rises && (_table[pin] & Masked) == 0) Send(_table[pin]);
        }
    }

    /// <summary>A processor ended the level-triggered interrupt with this vector: pins that are still driven interrupt again.</summary>
    internal void EndOfInterrupt(byte vector)
    {
        lock (_gate)
        {
            for (int pin = 0; pin < Pins; pin++)
            {
                if ((_table[pin] & (RemoteIrr | LevelTriggered | 0xFF)) != (RemoteIrr | LevelTriggered | vector)) continue;
                _table[pin] &= ~RemoteIrr;
                DeliverLevel(pin);
            }
        }
    }

    public ulong ReadMmio(ulong offset, int size)
    {
        lock (_gate)
        {
            return (offset & ~3ul) switch
            {
                0x00 => _select,
                0x10 => ReadRegister(),
                _ => 0,
            };
        }
    }

    public void WriteMmio(ulong offset, int size, ulong value)
    {
        switch (offset)
        {
            case 0x00: lock (_gate) _select = (byte)value; break;
            case 0x10: lock (_gate) WriteRegister((uint)value); break;
            case 0x40: EndOfInterrupt((byte)value); break;
        }
    }

    private uint ReadRegister() => _select switch
    {
        0 or 2 => _id,
        1 => Version,
        >= 0x10 and < 0x10 + 2 * Pins => (uint)(_table[(_select - 0x10) / 2] >> ((int)(_select & 1) * 32)),
        _ => 0,
    };

    private void WriteRegister(uint value)
    {
        if (_select == 0) _id = value & 0x0F00_0000;
        if (_select is < 0x10 or >= 0x10 + 2 * Pins) return;
        int pin = (int)(_select - 0x10) / 2, shift = (int)(_select & 1) * 32;
        ulong kept = _table[pin] & ReadOnly;
        ulong entry = (_table[pin] & ~(0xFFFF_FFFFul << shift) | (ulong)value << shift) & Defined & ~ReadOnly | kept;
        // An entry that becomes edge-triggered has nothing left to end.
        if ((entry & LevelTriggered) == 0) entry &= ~RemoteIrr;
        _table[pin] = entry;
        EntryChanged?.Invoke(pin, AddressOf(entry), DataOf(entry));
        if ((entry & LevelTriggered) != 0) DeliverLevel(pin);
    }

    private void DeliverLevel(int pin)
    {
        ulong entry = _table[pin];
        if ((_levels >> pin & 1) == 0 || (entry & (Masked | RemoteIrr)) != 0) return;
        // Only fixed and lowest-priority interrupts are ended by the processor.
        if ((entry >> 8 & 7) <= 1) _table[pin] |= RemoteIrr;
        Send(entry);
    }

    private void Send(ulong entry) => _target.SendMsi(AddressOf(entry), DataOf(entry));

    private static ulong AddressOf(ulong entry) => 0xFEE0_0000 | (entry >> 56) << 12 | (entry >> 11 & 1) << 2;

    private static uint DataOf(ulong entry)
    {
        const uint assert = 1 << 14;
        return (uint)(entry & 0x87FF & ~0x0800ul) | assert;
    }

    public void SaveState(BinaryWriter writer)
    {
        lock (_gate)
        {
            writer.Write(_id); writer.Write(_select); writer.Write(_levels);
            foreach (ulong entry in _table) writer.Write(entry);
        }
    }

    public void LoadState(BinaryReader reader, int version)
    {
        lock (_gate)
        {
            _id = reader.ReadUInt32() & 0x0F00_0000;
            _select = reader.ReadUInt32() & 0xFF;
            _levels = reader.ReadUInt32() & ((1u << Pins) - 1);
            for (int pin = 0; pin < Pins; pin++)
            {
                _table[pin] = reader.ReadUInt64() & (Defined | ReadOnly);
                EntryChanged?.Invoke(pin, AddressOf(_table[pin]), DataOf(_table[pin]));
            }
        }
    }
}
