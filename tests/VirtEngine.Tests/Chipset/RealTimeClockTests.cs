using VirtEngine.Chipset;
using VirtEngine.Time;

namespace VirtEngine.Tests.Chipset;

public sealed class RealTimeClockTests : IDisposable
{
    private readonly MachineClock _clock = new();
    private readonly ManualTime _host = new(new DateTime(2026, 7, 9, 23, 59, 58));
    private readonly RecordingLine _line = new();
    private readonly RealTimeClock _rtc;

    public RealTimeClockTests() => _rtc = new RealTimeClock(_clock, _host, _line, 5ul << 30);

    public void Dispose() => _clock.Dispose();

    private byte Read(byte register)
    {
        _rtc.WritePort(0x70, 1, register);
        return (byte)_rtc.ReadPort(0x71, 1);
    }

    private void Write(byte register, byte value)
    {
        _rtc.WritePort(0x70, 1, register);
        _rtc.WritePort(0x71, 1, value);
    }

    [Fact]
    public void Kernel_reads_the_hosts_utc_in_bcd()
    {
        Assert.Equal([0x58, 0x59, 0x23, 0x09, 0x07, 0x26, 0x20], ((byte[])[0, 2, 4, 7, 8, 9, 0x32]).Select(Read));
        Assert.Equal(0x80, Read(13));       // the battery is good
    }

    [Fact]
    public void Twelve_hour_binary_mode_is_shown()
    {
        Write(11, 0x04);
        Assert.Equal(11 | 0x80, Read(4));
        Assert.Equal(58, Read(0));
    }

    [Fact]
    public void Guest_sets_its_own_time_and_it_goes_on()
    {
        Write(11, 0x82);
        foreach (var (register, value) in ((byte, byte)[])[(0, 0x30), (2, 0x15), (4, 0x06), (7, 0x29), (8, 0x02), (9, 0x28), (0x32, 0x20)])
            Write(register, value);
        Write(11, 0x02);
        _host.Utc = _host.Utc.AddDays(1).AddSeconds(5);
        Assert.Equal([0x35, 0x15, 0x06, 0x01, 0x03, 0x28], ((byte[])[0, 2, 4, 7, 8, 9]).Select(Read));
    }

    [Fact]
    public void Impossible_date_is_brought_into_range()
    {
        Write(11, 0x82);
        foreach (byte register in (byte[])[0, 2, 4, 7, 8, 9, 0x32]) Write(register, 0xFF);
        Write(11, 0x02);
        Assert.Equal(0x12, Read(8));
        Assert.Equal(0x31, Read(7));
    }

    [Fact]
    public void Update_is_flagged_shortly_before_the_second_ends()
    {
        Assert.Equal(0, Read(10) & 0x80);
        _host.Utc = _host.Utc.AddMilliseconds(999.9);
        Assert.Equal(0x80, Read(10) & 0x80);
    }

    [Fact]
    public void Passing_of_a_second_sets_the_update_flag_once()
    {
        Write(10, 0x20);                    // no periodic rate, whose flag comes every millisecond
        Read(12);
        Assert.Equal(0, Read(12));
        _host.Utc = _host.Utc.AddSeconds(1);
        Assert.Equal(0x10, Read(12));
        Assert.Equal(0, Read(12));
        Assert.Equal(0, _line.Rises);        // not enabled
    }

    [Fact]
    public void Alarm_rings_at_its_time_with_wildcards()
    {
        Write(10, 0x20);                    // no periodic rate, whose flag comes every millisecond
        Read(12);
        Write(1, 0x00);
        Write(3, 0x00);
        Write(5, 0xC0);                     // every hour
        _host.Utc = _host.Utc.AddSeconds(1);
        Assert.Equal(0x10, Read(12));
        _host.Utc = _host.Utc.AddSeconds(1);  // midnight
        Assert.Equal(0x30, Read(12));
    }

    [Fact]
    public void Periodic_interrupt_holds_the_line_until_the_flags_are_read()
    {
        Write(11, 0x42);
        Assert.True(_line.WaitForRise());
        Assert.True(_line.Level);
        Assert.Equal(0xC0, Read(12) & 0xC0);
        Assert.True(_line.WaitForRise());
        Write(11, 0x02);
    }

    [Fact]
    public void Update_interrupt_comes_when_enabled()
    {
        _host.Utc = _host.Utc.AddMilliseconds(950);
        Write(11, 0x12);
        _host.Utc = _host.Utc.AddSeconds(1);
        Assert.True(_line.WaitForRise());
        Assert.Equal(0x90, Read(12) & 0x90);
    }

    [Fact]
    public void Firmware_reads_memory_sizes_from_cmos()
    {
        Assert.Equal(640, Read(0x15) | Read(0x16) << 8);
        Assert.Equal((3 * 1024 - 16) * 16, Read(0x34) | Read(0x35) << 8);
        Assert.Equal(2 * 1024 * 16, Read(0x5B) | Read(0x5C) << 8 | Read(0x5D) << 16);
    }

    [Fact]
    public void State_moves_to_another_clock()
    {
        Write(0x40, 0x5A);
        Write(11, 0x82);
        Write(9, 0x30);
        Write(11, 0x02);
        var other = new RealTimeClock(_clock, _host, _line, 1 << 20);
        StateRoundTrip.Load(other, StateRoundTrip.Save(_rtc));
        other.WritePort(0x70, 1, 9);
        Assert.Equal(0x30u, other.ReadPort(0x71, 1));
    }

    [Fact]
    public void Periodic_flag_is_set_for_those_who_poll_and_interrupts_nobody()
    {
        // MC146818A, "Register C": PF is set whether or not PIE is.
        Write(10, 0x26);            // 1024 Hz
        _ = Read(12);
        Assert.True(SpinWait.SpinUntil(() => (Read(12) & 0x40) != 0, TimeSpan.FromSeconds(20)));
        Assert.Equal(0, _line.Rises);
        Write(10, 0x20);            // rate 0: none
        _ = Read(12);
        Thread.Sleep(5);
        Assert.Equal(0, Read(12) & 0x40);
    }

    [Fact]
    public void Interrupt_flag_goes_when_the_guest_disables_what_raised_it()
    {
        Write(11, 0x12);            // update interrupt
        _host.Utc = _host.Utc.AddSeconds(1);
        Assert.True(_line.WaitForRise());
        Write(11, 0x02);
        Assert.False(_line.Level);
        Assert.Equal(0, Read(12) & 0x80);
    }
}
