using VirtEngine.Bus;
using VirtEngine.State;

namespace VirtEngine.Pci;

/// <summary>Configuration mechanism 1 (PCI Local Bus 3.0, 3.2.2.3.2): the address at port CF8h, the data at CFCh–CFFh.</summary>
internal sealed class PciConfigPorts(PciBus bus) : IPortDevice, IStatefulDevice
{
    private const ushort Address = 0xCF8, Data = 0xCFC;
    private const uint Enabled = 1u << 31, Defined = 0x80FF_FFFC;

    // Each processor writes the address and then the data under a lock of the guest's own; a torn pair is the guest's fault alone.
    private uint _address;

    public string StateName => "pci.ports";

    public int StateVersion => 1;

    internal void Map(GuestBus guestBus)
    {
        guestBus.MapPorts(Address, 1, this);
        guestBus.MapPorts(Data, 4, this);
    }

    public uint ReadPort(ushort port, int size)
    {
        uint selected = Volatile.Read(ref _address);
        if (port == Address) return size == 4 ? selected : uint.MaxValue >> (32 - 8 * size);
        if ((selected & Enabled) == 0) return uint.MaxValue >> (32 - 8 * size);
        int offset = (int)(selected & 0xFC) + (port - Data);
        return bus.Read((int)(selected >> 16 & 0xFF), (int)(selected >> 8 & 0xFF), offset, size);
    }

    public void WritePort(ushort port, int size, uint value)
    {
        if (port == Address)
        {
            if (size == 4) Volatile.Write(ref _address, value & Defined);
            return;
        }
        uint selected = Volatile.Read(ref _address);
        if ((selected & Enabled) == 0) return;
        int offset = (int)(selected & 0xFC) + (port - Data);
        bus.Write((int)(selected >> 16 & 0xFF), (int)(selected >> 8 & 0xFF), offset, size, value);
    }

    public void SaveState(BinaryWriter writer) => writer.Write(_address);

    public void LoadState(BinaryReader reader, int version) => _address = reader.ReadUInt32() & Defined;
}
