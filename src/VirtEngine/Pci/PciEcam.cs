using VirtEngine.Bus;

namespace VirtEngine.Pci;

/// <summary>The enhanced configuration access mechanism (PCI Express Base 6.0, 7.2.2) for bus 0: 4 KiB per function.</summary>
internal sealed class PciEcam(PciBus bus) : IMmioDevice
{
    /// <summary>Where it answers; the MCFG says so.</summary>
    internal const ulong Address = 0xE000_0000;

    /// <summary>Bytes: one bus.</summary>
    internal const ulong Size = 1 << 20;

    internal void Map(GuestBus guestBus)
    {
        if (!guestBus.TryMapMmio(Address, Size, this)) throw new InvalidOperationException("ECAM's address is taken.");
    }

    public ulong ReadMmio(ulong offset, int size)
    {
        if (size == 8) return Read(offset, 4) | (ulong)Read(offset + 4, 4) << 32;
        return Read(offset, size);
    }

    public void WriteMmio(ulong offset, int size, ulong value)
    {
        Write(offset, Math.Min(size, 4), (uint)value);
        if (size == 8) Write(offset + 4, 4, (uint)(value >> 32));
    }

    private uint Read(ulong offset, int size) => bus.Read((int)(offset >> 20), (int)(offset >> 12 & 0xFF), (int)(offset & 0xFFF), size);

    private void Write(ulong offset, int size, uint value) =>
        bus.Write((int)(offset >> 20), (int)(offset >> 12 & 0xFF), (int)(offset & 0xFFF), size, value);
}
