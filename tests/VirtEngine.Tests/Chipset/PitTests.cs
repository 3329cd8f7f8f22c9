using System.Diagnostics;
using VirtEngine.Chipset;
using VirtEngine.Time;

namespace VirtEngine.Tests.Chipset;

public sealed class PitTests : IDisposable
{
    private readonly MachineClock _clock = new();
    private readonly RecordingLine _line = new();
    private readonly Pit _pit;

    public PitTests()
    {
        _clock.Pause();
        _clock.Set(1_000_000_000);
        _pit = new Pit(_clock, _line);
    }

    public void Dispose() => _clock.Dispose();

    private void Out(ushort port, uint value) => _pit.WritePort(port, 1, value);

    private uint In(ushort port) => _pit.ReadPort(port, 1);

    private void Pass(long nanoseconds) => _clock.Set(_clock.Now + nanoseconds);

    [Fact]
    public void Kernel_measures_time_with_the_output_of_channel_2()
    {
        // Linux, pit_calibrate_tsc: 50 ms in mode 0, waiting for bit 5 of port 61h.
        const int latch = 1_193_182 / 20;
        Out(0x61, In(0x61) & ~2u | 1);
        Out(0x43, 0xB0);
        Out(0x42, latch & 0xFF);
        Out(0x42, latch >> 8);
        Assert.Equal(0u, In(0x61) & 0x20);
        Pass(49_999_000);
        Assert.Equal(0u, In(0x61) & 0x20);
        Pass(2_000);
        Assert.Equal(0x20u, In(0x61) & 0x20);
    }

    [Fact]
    public void Kernel_sees_the_high_byte_fall_every_256_ticks()
    {
        // Linux, quick_pit_calibrate: mode 0 from FFFFh, reading low and high byte in turn.
        Out(0x61, 1);
        Out(0x43, 0xB0);
        Out(0x42, 0xFF);
        Out(0x42, 0xFF);
        for (int expected = 0xFF; expected > 0xF0; expected--)
        {
            In(0x42);
            Assert.Equal((uint)expected, In(0x42));
            Pass(256 * 1_000_000_000L / 1_193_182 + 1);
        }
    }

    [Fact]
    public void Closed_gate_holds_the_count()
    {
        Out(0x61, 1);
        Out(0x43, 0xB0);
        Out(0x42, 0);
        Out(0x42, 0x10);
        Pass(1_000_000);
        Out(0x61, 0);
        uint held = Latched();
        Pass(100_000_000);
        Assert.Equal(held, Latched());
        Out(0x61, 1);
        Pass(1_000_000);
        Assert.InRange(held - Latched(), 1192u, 1195u);

        uint Latched()
        {
            Out(0x43, 0x80);
            return In(0x42) | In(0x42) << 8;
        }
    }

    [Fact]
    public void Latched_count_stands_while_time_goes_on()
    {
        Out(0x43, 0x34);        // channel 0, rate generator
        Out(0x40, 0x00);
        Out(0x40, 0x10);
        Out(0x43, 0x00);
        Pass(500_000);
        Assert.Equal(0x1000u, In(0x40) | In(0x40) << 8);
        Assert.InRange(In(0x40) | In(0x40) << 8, 0x1000u - 598, 0x1000u - 595);
    }

    [Fact]
    public void Read_back_gives_status_then_count()
    {
        Out(0x43, 0x34);
        Out(0x43, 0xE2);        // status of channel 0 before a count was loaded
        Assert.Equal(0x80u | 0x40 | 0x34, In(0x40));
        Out(0x40, 0x34);
        Out(0x40, 0x12);
        Out(0x43, 0xC2);        // status and count
        Assert.Equal(0x80u | 0x34, In(0x40));
        Assert.Equal(0x34u, In(0x40));
        Assert.Equal(0x12u, In(0x40));
    }

    [Fact]
    public void Decimal_counts_are_decimal()
    {
        Out(0x43, 0x35);
        Out(0x40, 0x00);
        Out(0x40, 0x10);        // 1000
        Pass(1_000_000_000L * 501 / 1_193_182 + 100);
        Out(0x43, 0x00);
        Assert.Equal(0x0499u, In(0x40) | In(0x40) << 8);
    }

    [Fact]
    public void Periodic_timer_interrupts_at_its_rate()
    {
        Out(0x43, 0x34);
        const int latch = 1_193_182 / 250;
        Out(0x40, latch & 0xFF);
        Out(0x40, latch >> 8);
        long start = Stopwatch.GetTimestamp();
        _clock.Resume();
        for (int i = 0; i < 50; i++) Assert.True(_line.WaitForRise());
        // 50 periods of 4 ms: never early; a busy host may merge some.
        Assert.True(Stopwatch.GetElapsedTime(start) > TimeSpan.FromMilliseconds(190));
    }

    [Fact]
    public void One_shot_interrupts_once()
    {
        Out(0x43, 0x38);        // mode 4: as Linux's oneshot
        Out(0x40, 0x00);
        Out(0x40, 0x02);
        _clock.Resume();
        Assert.True(_line.WaitForRise());
        Assert.False(_line.WaitForRise(50));
    }

    [Fact]
    public void State_moves_to_another_timer()
    {
        Out(0x61, 1);
        Out(0x43, 0xB0);
        Out(0x42, 0xFF);
        Out(0x42, 0xFF);
        Pass(3_000_000);
        var other = new Pit(_clock, new RecordingLine());
        StateRoundTrip.Load(other, StateRoundTrip.Save(_pit));
        for (int i = 0; i < 2; i++) Assert.Equal(_pit.ReadPort(0x42, 1), other.ReadPort(0x42, 1));
    }

    [Theory]
    [InlineData(0xB2)]      // mode 1: a pulse from the gate's rise on
    [InlineData(0xBA)]      // mode 5: a strobe some time after it
    public void Modes_that_the_gate_triggers_wait_for_it(uint control)
    {
        Out(0x43, control);
        Out(0x42, 100);
        Out(0x42, 0);
        for (int i = 0; i < 300; i++)
        {
            Assert.Equal(0x20u, In(0x61) & 0x20);
            Pass(838);
        }
        Out(0x61, 1);
        int low = 0;
        for (int i = 0; i < 300; i++)
        {
            if ((In(0x61) & 0x20) == 0) low++;
            Pass(838);
        }
        Assert.InRange(low, control == 0xB2 ? 98 : 1, control == 0xB2 ? 102 : 2);
    }
}
