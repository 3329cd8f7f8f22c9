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

    private readonly Lock gate = new();
    private readonly IMsiTarget target;
    private readonly ulong[] table = new ulong[Pins];
    private uint levels, select, id;

    internal IoApic(IMsiTarget target)
    {
        this.target = target;
        Array.Fill(table, Masked);
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
        lock (gate)
        {
            uint bit = 1u << pin;
            bool rises = level && (levels & bit) == 0;
            levels = level ? levels | bit : levels & ~bit;
            // A masked pin forgets edges (data sheet, 3.2.4).
            if ((table[pin] & LevelTriggered) != 0) DeliverLevel(pin);
            else if (rises && (table[pin] & Masked) == 0) Send(table[pin]);
        }
    }

    /// <summary>A processor ended the level-triggered interrupt with this vector: pins that are still driven interrupt again.</summary>
    internal void EndOfInterrupt(byte vector)
    {
        lock (gate)
        {
            for (int pin = 0; pin < Pins; pin++)
            {
                if ((table[pin] & (RemoteIrr | LevelTriggered | 0xFF)) != (RemoteIrr | LevelTriggered | vector)) continue;
                table[pin] &= ~RemoteIrr;
                DeliverLevel(pin);
            }
        }
    }

    public ulong ReadMmio(ulong offset, int size)
    {
        lock (gate)
        {
            return (offset & ~3ul) switch
            {
                0x00 => select,
                0x10 => ReadRegister(),
                _ => 0,
            };
        }
    }

    public void WriteMmio(ulong offset, int size, ulong value)
    {
        switch (offset)
        {
            case 0x00: lock (gate) select = (byte)value; break;
            case 0x10: lock (gate) WriteRegister((uint)value); break;
            case 0x40: EndOfInterrupt((byte)value); break;
        }
    }

    private uint ReadRegister() => select switch
    {
        0 or 2 => id,
        1 => Version,
        >= 0x10 and < 0x10 + 2 * Pins => (uint)(table[(select - 0x10) / 2] >> ((int)(select & 1) * 32)),
        _ => 0,
    };

    private void WriteRegister(uint value)
    {
        if (select == 0) id = value & 0x0F00_0000;
        if (select is < 0x10 or >= 0x10 + 2 * Pins) return;
        int pin = (int)(select - 0x10) / 2, shift = (int)(select & 1) * 32;
        ulong kept = table[pin] & ReadOnly;
        ulong entry = (table[pin] & ~(0xFFFF_FFFFul << shift) | (ulong)value << shift) & Defined & ~ReadOnly | kept;
        // An entry that becomes edge-triggered has nothing left to end.
        if ((entry & LevelTriggered) == 0) entry &= ~RemoteIrr;
        table[pin] = entry;
        if ((entry & LevelTriggered) != 0) DeliverLevel(pin);
    }

    private void DeliverLevel(int pin)
    {
        ulong entry = table[pin];
        if ((levels >> pin & 1) == 0 || (entry & (Masked | RemoteIrr)) != 0) return;
        // Only fixed and lowest-priority interrupts are ended by the processor.
        if ((entry >> 8 & 7) <= 1) table[pin] |= RemoteIrr;
        Send(entry);
    }

    private void Send(ulong entry)
    {
        ulong address = 0xFEE0_0000 | (entry >> 56) << 12 | (entry >> 11 & 1) << 2;
        const uint assert = 1 << 14;
        target.SendMsi(address, (uint)(entry & 0x87FF & ~0x0800ul) | assert);
    }

    public void SaveState(BinaryWriter writer)
    {
        lock (gate)
        {
            writer.Write(id); writer.Write(select); writer.Write(levels);
            foreach (ulong entry in table) writer.Write(entry);
        }
    }

    public void LoadState(BinaryReader reader, int version)
    {
        lock (gate)
        {
            id = reader.ReadUInt32() & 0x0F00_0000;
            select = reader.ReadUInt32() & 0xFF;
            levels = reader.ReadUInt32() & ((1u << Pins) - 1);
            for (int pin = 0; pin < Pins; pin++) table[pin] = reader.ReadUInt64() & (Defined | ReadOnly);
        }
    }
}
