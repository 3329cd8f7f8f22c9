using VirtEngine.Bus;
using VirtEngine.Chipset;
using VirtEngine.Time;

namespace VirtEngine.Tests.Chipset;

/// <summary>Everything a guest can restart, sleep or be woken by: i8042, CF9h, ACPI's fixed hardware.</summary>
public sealed class PowerTests : IDisposable
{
    private readonly MachineClock clock = new();
    private readonly RecordingLine sci = new();
    private readonly RecordingPower power = new();
    private readonly GuestBus bus = new();
    private readonly PowerManagement management;

    public PowerTests()
    {
        clock.Pause();
        clock.Set(0);
        management = new PowerManagement(clock, sci, power);
        management.Map(bus);
        new KeyboardController(power).Map(bus);
        new ResetControl(power).Map(bus);
    }

    public void Dispose() => clock.Dispose();

    [Fact]
    public void Keyboard_controller_pulses_reset()
    {
        bus.WritePort(0x64, 1, 0xFE);
        Assert.Single(power.Resets);
        bus.WritePort(0x64, 1, 0xD1);
        bus.WritePort(0x60, 1, 0xDE);
        Assert.Equal(2, power.Resets.Count);
    }

    [Fact]
    public void Port_92h_and_cf9h_reset()
    {
        bus.WritePort(0x92, 1, 2);
        Assert.Empty(power.Resets);
        Assert.Equal(2u, bus.ReadPort(0x92, 1));
        bus.WritePort(0x92, 1, 1);
        bus.WritePort(0xCF9, 1, 2);
        Assert.Single(power.Resets);
        bus.WritePort(0xCF9, 1, 6);
        Assert.Equal(2, power.Resets.Count);
    }

    [Fact]
    public void Keyboard_controller_answers_its_self_test()
    {
        bus.WritePort(0x64, 1, 0xAA);
        Assert.Equal(1u, bus.ReadPort(0x64, 1) & 1);
        Assert.Equal(0x55u, bus.ReadPort(0x60, 1));
        Assert.Equal(0u, bus.ReadPort(0x64, 1) & 3);
    }

    [Fact]
    public void Timer_counts_3579545_a_second()
    {
        Assert.Equal(0u, bus.ReadPort(0x608, 4));
        clock.Set(1_000_000_000);
        Assert.Equal(3_579_545u, bus.ReadPort(0x608, 4));
        clock.Set(3_600_000_000_000);
        Assert.Equal(unchecked((uint)(3_579_545L * 3600)), bus.ReadPort(0x608, 4));
    }

    [Fact]
    public void Timer_overflow_is_told()
    {
        bus.WritePort(0x602, 2, 1);
        Assert.False(sci.Level);
        clock.Set(599_999_000_000);
        clock.Resume();
        Assert.True(sci.WaitForRise());
        Assert.Equal(1u, bus.ReadPort(0x600, 2));
        bus.WritePort(0x600, 2, 1);
        Assert.False(sci.Level);
    }

    [Fact]
    public void Power_button_interrupts_when_enabled_and_until_cleared()
    {
        management.PressPowerButton();
        Assert.False(sci.Level);
        bus.WritePort(0x602, 2, 0x100);
        Assert.True(sci.Level);
        Assert.Equal(0x100u, bus.ReadPort(0x600, 2));
        bus.WritePort(0x600, 2, 0x100);
        Assert.False(sci.Level);
        Assert.Equal(0x100u, bus.ReadPort(0x602, 2));
    }

    [Fact]
    public void Acpi_mode_is_on_from_the_start_and_stays()
    {
        Assert.Equal(1u, bus.ReadPort(0x604, 2));
        bus.WritePort(0x604, 2, 0);
        Assert.Equal(1u, bus.ReadPort(0x604, 2));
    }

    [Fact]
    public void Only_S5_turns_the_power_off()
    {
        bus.WritePort(0x604, 2, 1 << 13 | 1 << 10);
        bus.WritePort(0x604, 2, 5 << 10);
        Assert.Equal(0, power.PowerOffs);
        bus.WritePort(0x604, 2, 1 << 13 | 5 << 10);
        Assert.Equal(1, power.PowerOffs);
    }

    [Fact]
    public void State_moves_to_another_machine()
    {
        bus.WritePort(0x602, 2, 0x100);
        management.PressPowerButton();
        var line = new RecordingLine();
        StateRoundTrip.Load(new PowerManagement(clock, line, power), StateRoundTrip.Save(management));
        Assert.True(line.Level);
    }
}
