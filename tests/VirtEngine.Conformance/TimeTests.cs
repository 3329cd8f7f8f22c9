using VirtEngine.Conformance.Guests;
using VirtEngine.Hypervisors;
using static Iced.Intel.AssemblerRegisters;
using static VirtEngine.Conformance.Guests.TrapGuest;

namespace VirtEngine.Conformance;

/// <summary>The guest's time is the machine's.</summary>
public class TimeTests<TBackend> : IDisposable where TBackend : IBackend
{
    private const int LvtTimer = 0x320;

    private readonly TrapGuest _guest = new(TBackend.Hypervisor);

    public void Dispose()
    {
        _guest.Dispose();
        GC.SuppressFinalize(this);
    }

    private double Rate => _guest.Tiny.Partition.Profile.TscHz;

    private ulong ReadTsc()
    {
        var state = _guest.RunToEnd(a =>
        {
            a.rdtsc();
            a.@out(0xF4, al);
            a.hlt();
        });
        return state.Registers[2] << 32 | (uint)state.Registers[0];
    }

    private void Pause(int milliseconds)
    {
        _guest.Tiny.Clock.Pause();
        _guest.Tiny.Partition.StopTime();
        Thread.Sleep(milliseconds);
        _guest.Tiny.Clock.Resume();
        _guest.Tiny.Partition.StartTime();
    }

    [Fact]
    public void Time_stamp_counter_is_the_machines_clock()
    {
        for (int i = 0; i < 3; i++)
        {
            long before = _guest.Tiny.Clock.Now;
            double seen = ReadTsc() / Rate * 1e9;
            long after = _guest.Tiny.Clock.Now;
            // The two clocks are set to each other by two calls: a few milliseconds on a host whose processors are busy.
            Assert.InRange(seen, before - 50e6, after + 50e6);
            Thread.Sleep(100);
        }
    }

    [Fact]
    public void Time_stamp_counter_stands_while_the_machine_is_paused()
    {
        ulong before = ReadTsc();
        long clock = _guest.Tiny.Clock.Now;
        Pause(500);
        double guest = (ReadTsc() - before) / Rate, machine = (_guest.Tiny.Clock.Now - clock) / 1e9;
        Assert.InRange(guest, 0, machine + 0.1);
    }

    [Fact]
    public void Deadline_waits_for_the_machine_and_not_for_the_host()
    {
        _guest.EnableApic();
        _guest.Change(state => BitConverter.TryWriteBytes(state.LocalApic.AsSpan(LvtTimer), 2 << 17 | 0x57));
        uint wait = (uint)(Rate / 5);
        _guest.RunToEnd(a =>
        {
            a.rdtsc();
            a.shl(rdx, 32);
            a.or(rax, rdx);
            a.add(rax, (int)wait);
            a.mov(rdx, rax);
            a.shr(rdx, 32);
            a.mov(ecx, 0x6E0);
            a.wrmsr();
            a.@out(0xF4, al);
            a.hlt();
        });
        long begin = _guest.Tiny.Clock.Now;
        Pause(400);
        _guest.Load(a =>
        {
            a.sti();
            a.hlt();
            a.ud2();
        });
        _guest.Continue(Code);
        Assert.Equal(0x57, _guest.RunToTrap().Vector);
        Assert.InRange(_guest.Tiny.Clock.Now - begin, 50e6, 5e9);
    }

    [Fact]
    public void Counters_of_all_processors_agree()
    {
        using var two = new TinyGuest(TBackend.Hypervisor, processors: 2);
        two.Load(64, a =>
        {
            a.rdtsc();
            a.shl(rdx, 32);
            a.or(rax, rdx);
            a.@out(0xF4, al);
            a.hlt();
        });
        two.EnterLongMode();
        var entry = two.Processor.GetState();
        two.Run();
        double first = two.Processor.GetState().Registers[0];
        var second = two.Partition.Processors[1];
        var own = second.GetState();
        own.LocalApic.CopyTo(entry.LocalApic, 0);
        entry.Msrs[0x1B] = own.Msrs[0x1B];
        entry.Activity = ProcessorActivity.Running;
        second.SetState(entry);
        using var observer = new Timer(_ => second.Kick(), null, 200, Timeout.Infinite);
        second.Run();
        double later = second.GetState().Registers[0];
        Assert.InRange(later - first, -0.05 * two.Partition.Profile.TscHz, 5.0 * two.Partition.Profile.TscHz);
    }
}
