using VirtEngine.Conformance.Guests;
using VirtEngine.Hypervisors;
using VirtEngine.Hypervisors.Kvm;
using static Iced.Intel.AssemblerRegisters;

namespace VirtEngine.Tests.Kvm;

/// <summary>What the kernel counts of a processor.</summary>
public sealed class KvmStatisticsTests : IDisposable
{
    private const int LvtLint0 = 0x350;

    private readonly TrapGuest _guest = new(new KvmHypervisor { TakesWhatIsOffered = true });

    public void Dispose() => _guest.Dispose();

    [KvmFact]
    public void Halts_are_counted_and_can_be_asked_for_while_the_processor_sleeps()
    {
        _guest.Load(a =>
        {
            a.@out(0xE0, al);
            a.cli();
            a.hlt();
        });
        _guest.Continue(TrapGuest.Code);
        ProcessorCounters before = _guest.Processor.Counters, asleep = default;
        using var asked = new ManualResetEventSlim();
        _guest.Tiny.Marked = () => ThreadPool.QueueUserWorkItem(_ =>
        {
            SpinWait.SpinUntil(() => (asleep = _guest.Processor.Counters).Halts > before.Halts, TimeSpan.FromSeconds(5));
            asked.Set();
            _guest.Processor.Kick();
        });

        Assert.Equal(ExitReason.Canceled, _guest.Tiny.Run().Reason);
        Assert.True(asked.IsSet, "The kernel did not tell while the processor slept.");
        Assert.Equal((before.Halts + 1, before.PortAccesses + 1), (asleep.Halts, asleep.PortAccesses));
    }

    [KvmFact]
    public void Interrupt_is_counted_when_it_is_delivered()
    {
        _guest.EnableApic();
        _guest.Change(state => BitConverter.TryWriteBytes(state.LocalApic.AsSpan(LvtLint0), 0x700));
        _guest.Load(a =>
        {
            a.sti();
            a.nop();
            a.hlt();
        });
        _guest.Continue(TrapGuest.Code);
        _guest.Tiny.Partition.SetExternalInterrupt(true, Acknowledge);
        long before = _guest.Processor.Counters.Interrupts;
        Assert.Equal(0x38, _guest.RunToTrap().Vector);
        Assert.Equal(before + 1, _guest.Processor.Counters.Interrupts);

        byte Acknowledge()
        {
            _guest.Tiny.Partition.SetExternalInterrupt(false, Acknowledge);
            return 0x38;
        }
    }

    [KvmFact]
    public void Counters_stay_when_the_processor_is_gone()
    {
        _guest.Load(a => { a.@out(0xF4, al); a.hlt(); });
        _guest.Continue(TrapGuest.Code);
        Assert.Equal(ExitReason.Canceled, _guest.Tiny.Run().Reason);
        var last = _guest.Processor.Counters;
        Assert.Equal(1, last.PortAccesses);
        _guest.Processor.Dispose();
        Assert.Equal(last, _guest.Processor.Counters);
    }
}
