using VirtEngine.Chipset;

namespace VirtEngine.Tests.Chipset;

public class PicPairTests
{
    private readonly PicPair _pic;
    private bool _intr;

    public PicPairTests()
    {
        _pic = new PicPair((level, _) => _intr = level);
        // As Linux's init_8259A: vectors 30h and 38h, normal EOI.
        foreach (var (port, value) in ((ushort, uint)[])[(0x21, 0xFF), (0x20, 0x11), (0x21, 0x30), (0x21, 4), (0x21, 1),
                     (0xA0, 0x11), (0xA1, 0x38), (0xA1, 2), (0xA1, 1), (0x21, 0), (0xA1, 0)])
            _pic.WritePort(port, 1, value);
    }

    [Fact]
    public void Timer_interrupt_is_taken_once_per_edge()
    {
        _pic.SetLine(0, true);
        Assert.True(_intr);
        Assert.Equal(0x30, _pic.Acknowledge());
        Assert.False(_intr);
        _pic.WritePort(0x20, 1, 0x20);       // non-specific EOI
        Assert.False(_intr);
        _pic.SetLine(0, false);
        _pic.SetLine(0, true);
        Assert.True(_intr);
    }

    [Fact]
    public void More_urgent_line_interrupts_a_less_urgent_one_and_not_the_other_way()
    {
        _pic.SetLine(4, true);
        Assert.Equal(0x34, _pic.Acknowledge());
        _pic.SetLine(5, true);
        Assert.False(_intr);
        _pic.SetLine(1, true);
        Assert.Equal(0x31, _pic.Acknowledge());
        _pic.WritePort(0x20, 1, 0x20);
        Assert.False(_intr);                 // 4 is still in service
        _pic.WritePort(0x20, 1, 0x64);       // specific EOI of 4
        Assert.Equal(0x35, _pic.Acknowledge());
    }

    [Fact]
    public void Slave_interrupts_come_through_the_cascade_in_order()
    {
        _pic.SetLine(8, true);
        _pic.SetLine(12, true);
        Assert.Equal(0x38, _pic.Acknowledge());
        Assert.False(_intr);
        _pic.WritePort(0xA0, 1, 0x20);
        _pic.WritePort(0x20, 1, 0x20);
        Assert.True(_intr);
        Assert.Equal(0x3C, _pic.Acknowledge());
    }

    [Fact]
    public void Masked_line_waits_and_shows_in_the_request_register()
    {
        _pic.WritePort(0x21, 1, 0x10);
        _pic.SetLine(4, true);
        Assert.False(_intr);
        _pic.WritePort(0x20, 1, 0x0A);       // read IRR
        Assert.Equal(0x10u, _pic.ReadPort(0x20, 1) & 0x10);
        _pic.WritePort(0x21, 1, 0);
        Assert.True(_intr);
    }

    [Fact]
    public void Level_line_that_falls_before_it_is_taken_gives_the_spurious_vector()
    {
        _pic.WritePort(0x4D1, 1, 0x02);      // line 9 is a level
        _pic.SetLine(9, true);
        Assert.True(_intr);
        _pic.SetLine(9, false);
        Assert.False(_intr);
        Assert.Equal(0x37, _pic.Acknowledge());
    }

    [Fact]
    public void Level_line_interrupts_until_its_source_is_quiet()
    {
        _pic.WritePort(0x4D1, 1, 0x02);
        _pic.SetLine(9, true);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(0x39, _pic.Acknowledge());
            _pic.WritePort(0xA0, 1, 0x20);
            _pic.WritePort(0x20, 1, 0x20);
            Assert.True(_intr);
        }
        _pic.SetLine(9, false);
        Assert.False(_intr);
    }

    [Fact]
    public void Timer_and_cascade_cannot_become_levels()
    {
        _pic.WritePort(0x4D0, 1, 0xFF);
        _pic.WritePort(0x4D1, 1, 0xFF);
        Assert.Equal(0xF8u, _pic.ReadPort(0x4D0, 1));
        Assert.Equal(0xDEu, _pic.ReadPort(0x4D1, 1));
    }

    [Fact]
    public void State_moves_to_another_pair()
    {
        _pic.SetLine(3, true);
        bool restored = false;
        var other = new PicPair((level, _) => restored = level);
        StateRoundTrip.Load(other, StateRoundTrip.Save(_pic));
        Assert.True(restored);
        Assert.Equal(0x33, other.Acknowledge());
    }

    [Fact]
    public void Special_fully_nested_mode_lets_only_the_slaves_more_urgent_lines_in()
    {
        // The master again, with bit 4 of ICW4.
        foreach (var (port, value) in ((ushort, uint)[])[(0x20, 0x11), (0x21, 0x30), (0x21, 4), (0x21, 0x11), (0x21, 0)]) _pic.WritePort(port, 1, value);
        _pic.SetLine(12, true);
        Assert.Equal(0x3C, _pic.Acknowledge());
        _pic.SetLine(4, true);
        Assert.False(_intr);                 // less urgent than the slave, which is in service
        _pic.SetLine(9, true);
        Assert.True(_intr);                  // more urgent than line 12 behind the same slave
        Assert.Equal(0x39, _pic.Acknowledge());
        _pic.SetLine(0, true);
        Assert.Equal(0x30, _pic.Acknowledge());
    }
}
