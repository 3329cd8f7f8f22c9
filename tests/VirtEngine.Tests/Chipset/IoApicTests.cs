using VirtEngine.Chipset;

namespace VirtEngine.Tests.Chipset;

public class IoApicTests
{
    private readonly RecordingMsi _msi = new();
    private readonly IoApic _ioApic;

    public IoApicTests() => _ioApic = new IoApic(_msi);

    private void Write(uint register, uint value)
    {
        _ioApic.WriteMmio(0, 4, register);
        _ioApic.WriteMmio(0x10, 4, value);
    }

    private uint Read(uint register)
    {
        _ioApic.WriteMmio(0, 4, register);
        return (uint)_ioApic.ReadMmio(0x10, 4);
    }

    private void Route(int pin, uint low, byte destination = 0)
    {
        Write(0x11 + 2 * (uint)pin, (uint)destination << 24);
        Write(0x10 + 2 * (uint)pin, low);
    }

    [Fact]
    public void Kernel_finds_24_masked_pins_and_an_id_it_can_set()
    {
        Assert.Equal(0x0017_0020u, Read(1));
        for (uint pin = 0; pin < 24; pin++) Assert.Equal(0x1_0000u, Read(0x10 + 2 * pin));
        Write(0, 0xFF00_0000);
        Assert.Equal(0x0F00_0000u, Read(0));
        Assert.Equal(0u, Read(0x40));
    }

    [Fact]
    public void Edge_becomes_one_message_to_its_destination()
    {
        Route(2, 0x30, destination: 3);
        _ioApic.SetPin(2, true);
        _ioApic.SetPin(2, true);
        Assert.Equal([(0xFEE0_3000ul, 0x4030u)], _msi.Take());
        _ioApic.SetPin(2, false);
        _ioApic.SetPin(2, true);
        Assert.Single(_msi.Take());
    }

    [Theory]
    [InlineData(0x0830u, 0xFEE0_1004ul, 0x4030u)]       // fixed, logical destination
    [InlineData(0x0930u, 0xFEE0_1004ul, 0x4130u)]       // lowest priority, logical
    [InlineData(0x0400u, 0xFEE0_1000ul, 0x4400u)]       // NMI
    [InlineData(0x0200u, 0xFEE0_1000ul, 0x4200u)]       // SMI
    [InlineData(0x0700u, 0xFEE0_1000ul, 0x4700u)]       // ExtINT
    public void Delivery_modes_are_carried_into_the_message(uint low, ulong address, uint data)
    {
        Route(5, low, destination: 1);
        _ioApic.SetPin(5, true);
        Assert.Equal([(address, data)], _msi.Take());
    }

    [Fact]
    public void Masked_pin_forgets_an_edge()
    {
        Route(4, 0x1_0034);
        _ioApic.SetPin(4, true);
        Route(4, 0x34);
        Assert.Empty(_msi.Take());
    }

    [Fact]
    public void Masked_level_is_delivered_when_unmasked()
    {
        Route(9, 0x1_8039);
        _ioApic.SetPin(9, true);
        Assert.Empty(_msi.Take());
        Route(9, 0x8039);
        Assert.Equal([(0xFEE0_0000ul, 0xC039u)], _msi.Take());
    }

    [Fact]
    public void Level_is_sent_again_after_its_end_while_it_lasts()
    {
        Route(9, 0x8039);
        _ioApic.SetPin(9, true);
        Assert.Single(_msi.Take());
        Assert.Equal(0x4000u, Read(0x10 + 18) & 0x4000);        // remote IRR
        _ioApic.EndOfInterrupt(0x40);
        Assert.Empty(_msi.Take());
        _ioApic.EndOfInterrupt(0x39);
        Assert.Single(_msi.Take());
        _ioApic.SetPin(9, false);
        _ioApic.WriteMmio(0x40, 4, 0x39);                        // the EOI register does the same
        Assert.Empty(_msi.Take());
        Assert.Equal(0u, Read(0x10 + 18) & 0x4000);
    }

    [Fact]
    public void Remote_irr_cannot_be_written_and_goes_with_the_level_mode()
    {
        Route(9, 0xC039 | 0x1_0000);
        Assert.Equal(0u, Read(0x10 + 18) & 0x4000);
        Route(9, 0x8039);
        _ioApic.SetPin(9, true);
        Route(9, 0x0039);
        Assert.Equal(0x39u, Read(0x10 + 18));
    }

    [Fact]
    public void Router_puts_the_timer_on_pin_2_and_pci_on_the_upper_pins()
    {
        var pic = new PicPair((_, _) => { });
        var router = new InterruptRouter(pic, _ioApic);
        Route(2, 0x31);
        Route(4, 0x32);
        Route(17, 0x8033);
        router.Isa(0).Set(true);
        router.Isa(4).Set(true);
        var first = router.Pci(1, 0);
        var second = router.Pci(5, 0);
        first.Set(true);
        second.Set(true);
        Assert.Equal([0x4031u, 0x4032u, 0xC033u], _msi.Take().Select(m => m.Data));
        first.Set(false);
        _ioApic.EndOfInterrupt(0x33);
        Assert.Single(_msi.Take());      // the second still pulls the shared wire
        second.Set(false);
        _ioApic.EndOfInterrupt(0x33);
        Assert.Empty(_msi.Take());
    }

    [Fact]
    public void State_moves_to_another_one()
    {
        Route(9, 0x8039);
        _ioApic.SetPin(9, true);
        var other = new IoApic(_msi);
        StateRoundTrip.Load(other, StateRoundTrip.Save(_ioApic));
        _msi.Take();
        other.EndOfInterrupt(0x39);
        Assert.Single(_msi.Take());
    }
}
