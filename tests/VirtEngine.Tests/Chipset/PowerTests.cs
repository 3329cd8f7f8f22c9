using VirtEngine.Bus;
using VirtEngine.Chipset;
using VirtEngine.Time;

namespace VirtEngine.Tests.Chipset;

/// <summary>Everything a guest can restart, sleep or be woken by: i8042, CF9h, ACPI's fixed hardware.</summary>
public sealed class PowerTests : IDisposable
{
    private readonly MachineClock _clock = new();
    private readonly RecordingLine _sci = new();
    private readonly RecordingPower _power = new();
    private readonly GuestBus _bus = new();
    private readonly PowerManagement _management;

    public PowerTests()
    {
        _clock.Pause();
        _clock.Set(0);
        _management = new PowerManagement(_clock, _sci, _power);
        _management.Map(_bus);
        new KeyboardController(_power).Map(_bus);
        new ResetControl(_power).Map(_bus);
    }

    public void Dispose() => _clock.Dispose();

    [Fact]
    public void Keyboard_controller_pulses_reset()
    {
        _bus.WritePort(0x64, 1, 0xFE);
        Assert.Single(_power.Resets);
        _bus.WritePort(0x64, 1, 0xD1);
        _bus.WritePort(0x60, 1, 0xDE);
        Assert.Equal(2, _power.Resets.Count);
    }

    [Fact]
    public void Port_92h_and_cf9h_reset()
    {
        _bus.WritePort(0x92, 1, 2);
        Assert.Empty(_power.Resets);
        Assert.Equal(2u, _bus.ReadPort(0x92, 1));
        _bus.WritePort(0x92, 1, 1);
        _bus.WritePort(0xCF9, 1, 2);
        Assert.Single(_power.Resets);
        _bus.WritePort(0xCF9, 1, 6);
        Assert.Equal(2, _power.Resets.Count);
    }

    [Fact]
    public void Keyboard_controller_answers_its_self_test()
    {
        _bus.WritePort(0x64, 1, 0xAA);
        Assert.Equal(1u, _bus.ReadPort(0x64, 1) & 1);
        Assert.Equal(0x55u, _bus.ReadPort(0x60, 1));
        Assert.Equal(0u, _bus.ReadPort(0x64, 1) & 3);
    }

    [Fact]
    public void Timer_counts_3579545_a_second()
    {
        Assert.Equal(0u, _bus.ReadPort(0x608, 4));
        _clock.Set(1_000_000_000);
        Assert.Equal(3_579_545u, _bus.ReadPort(0x608, 4));
        _clock.Set(3_600_000_000_000);
        Assert.Equal(unchecked((uint)(3_579_545L * 3600)), _bus.ReadPort(0x608, 4));
    }

    [Fact]
    public void Timer_overflow_is_told()
    {
        _bus.WritePort(0x602, 2, 1);
        Assert.False(_sci.Level);
        _clock.Set(599_999_000_000);
        _clock.Resume();
        Assert.True(_sci.WaitForRise());
        Assert.Equal(1u, _bus.ReadPort(0x600, 2));
        _bus.WritePort(0x600, 2, 1);
        Assert.False(_sci.Level);
    }

    [Fact]
    public void Power_button_interrupts_when_enabled_and_until_cleared()
    {
        _management.PressPowerButton();
        Assert.False(_sci.Level);
        _bus.WritePort(0x602, 2, 0x100);
        Assert.True(_sci.Level);
        Assert.Equal(0x100u, _bus.ReadPort(0x600, 2));
        _bus.WritePort(0x600, 2, 0x100);
        Assert.False(_sci.Level);
        Assert.Equal(0x100u, _bus.ReadPort(0x602, 2));
    }

    [Fact]
    public void Acpi_mode_is_on_from_the_start_and_stays()
    {
        Assert.Equal(1u, _bus.ReadPort(0x604, 2));
        _bus.WritePort(0x604, 2, 0);
        Assert.Equal(1u, _bus.ReadPort(0x604, 2));
    }

    [Fact]
    public void Only_S5_turns_the_power_off()
    {
        _bus.WritePort(0x604, 2, 1 << 13 | 1 << 10);
        _bus.WritePort(0x604, 2, 5 << 10);
        Assert.Equal(0, _power.PowerOffs);
        _bus.WritePort(0x604, 2, 1 << 13 | 5 << 10);
        Assert.Equal(1, _power.PowerOffs);
    }

    [Fact]
    public void State_moves_to_another_machine()
    {
        _bus.WritePort(0x602, 2, 0x100);
        _management.PressPowerButton();
        var line = new RecordingLine();
        StateRoundTrip.Load(new PowerManagement(_clock, line, _power), StateRoundTrip.Save(_management));
        Assert.True(line.Level);
    }
}
