using VirtEngine.Bus;
using VirtEngine.Pci;
using VirtEngine.Tests.Chipset;

namespace VirtEngine.Tests.Pci;

public sealed class PciTests : IDisposable
{
    /// <summary>Remembers the last store; loads give the offset back.</summary>
    private sealed class Window(int id) : IMmioDevice
    {
        internal (ulong Offset, ulong Value) Last { get; private set; }

        public ulong ReadMmio(ulong offset, int size) => offset | (ulong)id << 24;

        public void WriteMmio(ulong offset, int size, ulong value) => Last = (offset, value);
    }

    private sealed class Card : PciFunction
    {
        internal Card(GuestBus bus, IMmioDevice small, IMmioDevice large)
            : base(bus, new PciIdentity(0x1234, 0x5678, 0x010802, 3, 0xABCD, 0xEF01), "card")
        {
            AddBar(new PciBar(0, 0x1000, Is64Bit: false, small));
            AddBar(new PciBar(2, 0x10_0000, Is64Bit: true, large));
            AddCapability(9, [1, 2, 3]);
            AddCapability(5, [4, 5]);
        }
    }

    private readonly GuestBus _bus = new();
    private readonly PciBus _pci = new();
    private readonly Window _small = new(1), _large = new(2);

    public PciTests()
    {
        new PciConfigPorts(_pci).Map(_bus);
        new PciEcam(_pci).Map(_bus);
        _pci.Add(0, new HostBridge(_bus));
        _pci.Add(3, new Card(_bus, _small, _large));
        _pci.AssignBars(0xC000_0000, 0xE000_0000);
    }

    public void Dispose() => _pci.Dispose();

    private uint Read(int slot, int offset, int size = 4)
    {
        _bus.WritePort(0xCF8, 4, 0x8000_0000 | (uint)slot << 11 | (uint)offset & 0xFC);
        return _bus.ReadPort((ushort)(0xCFC + (offset & 3)), size);
    }

    private void Write(int slot, int offset, uint value, int size = 4)
    {
        _bus.WritePort(0xCF8, 4, 0x8000_0000 | (uint)slot << 11 | (uint)offset & 0xFC);
        _bus.WritePort((ushort)(0xCFC + (offset & 3)), size, value);
    }

    [Fact]
    public void Kernel_probes_mechanism_1_and_finds_what_is_there()
    {
        _bus.WritePort(0xCF8, 4, 0x8000_0000);
        Assert.Equal(0x8000_0000u, _bus.ReadPort(0xCF8, 4));
        Assert.Equal(0x0008_1B36u, Read(0, 0));
        Assert.Equal(0x0600u, Read(0, 0x0A, 2));
        Assert.Equal(0x5678_1234u, Read(3, 0));
        Assert.Equal(0x0108_0203u, Read(3, 8));
        Assert.Equal(0xEF01_ABCDu, Read(3, 0x2C));
        for (int slot = 4; slot < 32; slot++) Assert.Equal(uint.MaxValue, Read(slot, 0));
        _bus.WritePort(0xCF8, 4, 0x8000_0000 | 3 << 11 | 1 << 8);        // function 1
        Assert.Equal(uint.MaxValue, _bus.ReadPort(0xCFC, 4));
        _bus.WritePort(0xCF8, 4, 0x8001_0000);                           // bus 1
        Assert.Equal(uint.MaxValue, _bus.ReadPort(0xCFC, 4));
        _bus.WritePort(0xCF8, 4, 3 << 11);                               // not enabled
        Assert.Equal(uint.MaxValue, _bus.ReadPort(0xCFC, 4));
    }

    [Fact]
    public void Ecam_shows_the_same_and_nothing_behind_byte_255()
    {
        for (int offset = 0; offset < 256; offset += 4)
            Assert.Equal(Read(3, offset), (uint)_bus.ReadMmio(PciEcam.Address + 3 * 0x8000 + (ulong)offset, 4));
        Assert.Equal(0x5678_1234ul | (ulong)Read(3, 4) << 32, _bus.ReadMmio(PciEcam.Address + 3 * 0x8000, 8));
        Assert.Equal(0xFFFF_FFFFul, _bus.ReadMmio(PciEcam.Address + 3 * 0x8000 + 0x100, 4));
        Assert.Equal(0xFFFFul, _bus.ReadMmio(PciEcam.Address + 31 * 0x8000, 2));
    }

    [Fact]
    public void Identity_cannot_be_written()
    {
        for (int offset = 0; offset < 256; offset += 4)
        {
            if (offset is 4 or 0x10 or 0x18 or 0x1C or 0x3C) continue;
            uint before = Read(3, offset);
            Write(3, offset, ~before);
            Assert.Equal(before, Read(3, offset));
        }
    }

    [Fact]
    public void Capabilities_form_a_list()
    {
        Assert.Equal(0x10u, Read(3, 6, 2) & 0x10);
        uint first = Read(3, 0x34, 1);
        Assert.Equal(9u, Read(3, (int)first, 1));
        uint second = Read(3, (int)first + 1, 1);
        Assert.Equal(5u, Read(3, (int)second, 1));
        Assert.Equal(0u, Read(3, (int)second + 1, 1));
        Assert.Equal(0u, second & 3);
    }

    [Fact]
    public void Bars_are_assigned_sized_and_moved()
    {
        uint at = Read(3, 0x10);
        Assert.Equal(0xC000_0000u, at);
        Assert.Equal(0x0100_0010ul, _bus.ReadMmio(at + 0x10, 4));
        Assert.Equal(0xC010_0004u, Read(3, 0x18));

        Write(3, 4, 0, 2);                          // Linux stops decoding while it sizes
        Write(3, 0x10, uint.MaxValue);
        Assert.Equal(0xFFFF_F000u, Read(3, 0x10));
        Write(3, 0x18, uint.MaxValue);
        Write(3, 0x1C, uint.MaxValue);
        Assert.Equal(0xFFF0_0004u, Read(3, 0x18));
        Assert.Equal(0xFFFF_FFFFu, Read(3, 0x1C));
        Assert.Equal(0xFFFF_FFFFul, _bus.ReadMmio(at + 0x10, 4));

        Write(3, 0x10, 0xD000_0123);
        Write(3, 0x18, 0x0010_0000);
        Write(3, 0x1C, 0x0000_0008);                // above 4 GiB
        Write(3, 4, 2, 2);
        Assert.Equal(0x0100_0010ul, _bus.ReadMmio(0xD000_0010, 4));
        _bus.WriteMmio(0x8_0010_0040, 8, 77);
        Assert.Equal((0x40ul, 77ul), _large.Last);
    }

    [Fact]
    public void Bar_over_another_device_stays_unmapped_until_it_moves_away()
    {
        Write(3, 0x10, (uint)PciEcam.Address);
        Assert.Equal(0x0008_1B36ul, _bus.ReadMmio(PciEcam.Address, 4));
        Write(3, 0x10, 0xC010_0000);                // over its own other BAR
        Assert.Equal(0x0200_0000ul, _bus.ReadMmio(0xC010_0000, 4));
        Write(3, 0x10, 0xD000_0000);
        Assert.Equal(0x0100_0000ul, _bus.ReadMmio(0xD000_0000, 4));
    }

    [Fact]
    public void MsiX_holds_masked_messages_back_and_sends_them_once()
    {
        var msi = new RecordingMsi();
        var table = new MsiX(msi, 3);
        table.Write(0x10, 4, 0xFEE0_1000);
        table.Write(0x18, 4, 0x41);
        table.Raise(1);
        Assert.Empty(msi.Take());                   // not enabled: lost, INTx would have been used
        table.SetControl(0x8000);
        table.Raise(1);
        table.Raise(1);
        Assert.Empty(msi.Take());
        Assert.Equal(2ul, table.Read(MsiX.PendingOffset, 8));
        table.Write(0x1C, 4, 0);
        Assert.Equal([(0xFEE0_1000ul, 0x41u)], msi.Take());
        Assert.Equal(0ul, table.Read(MsiX.PendingOffset, 8));
        table.SetControl(0xC000);
        table.Raise(1);
        Assert.Empty(msi.Take());
        table.SetControl(0x8000);
        Assert.Single(msi.Take());
        table.Raise(3);
        table.Raise(-1);
        Assert.Empty(msi.Take());
    }

    [Fact]
    public void MsiX_message_to_memory_is_not_sent()
    {
        var msi = new RecordingMsi();
        var table = new MsiX(msi, 1);
        table.SetControl(0x8000);
        table.Write(0, 8, 0x1000);
        table.Write(8, 8, 0x41);
        table.Raise(0);
        Assert.Empty(msi.Take());
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Random_configuration_accesses_do_no_harm(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 50_000; i++)
        {
            int slot = random.Next(8) == 0 ? random.Next(32) : random.Next(2) * 3, offset = random.Next(16) == 0 ? random.Next(4096) : random.Next(256);
            ulong address = PciEcam.Address + (ulong)slot * 0x8000 + (ulong)offset;
            uint value = random.Next(4) switch { 0 => uint.MaxValue, 1 => 0xC000_0000 + (uint)random.Next(64) * 0x8_0000, _ => (uint)random.NextInt64(1L << 32) };
            switch (random.Next(5))
            {
                case 0: _bus.WritePort(0xCF8, 1 << random.Next(3), value); break;
                case 1: _bus.WritePort((ushort)(0xCFC + random.Next(4)), 1 << random.Next(3), value); break;
                case 2: _bus.ReadPort((ushort)(0xCF8 + random.Next(8)), 1 << random.Next(3)); break;
                case 3: _bus.WriteMmio(address, 1 << random.Next(4), value); break;
                default: _bus.ReadMmio(address, 1 << random.Next(4)); break;
            }
        }
        Assert.Equal(0x5678_1234u, Read(3, 0));
    }
}
