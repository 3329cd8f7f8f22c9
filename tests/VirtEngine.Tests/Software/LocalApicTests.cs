using System.Buffers.Binary;
using VirtEngine.Conformance;
using VirtEngine.Conformance.Guests;
using VirtEngine.Hypervisors;
using VirtEngine.Hypervisors.Software;

namespace VirtEngine.Tests.Software;

/// <summary>The local APIC by its registers, as a kernel uses them (Intel SDM vol. 3, chapter 10).</summary>
public sealed class LocalApicTests : IDisposable
{
    private const int Id = 0x20, Version = 0x30, Tpr = 0x80, Ppr = 0xA0, Eoi = 0xB0, Ldr = 0xD0, Dfr = 0xE0, Svr = 0xF0, Isr = 0x100, Tmr = 0x180,
        Irr = 0x200, Esr = 0x280, IcrLow = 0x300, IcrHigh = 0x310, LvtTimer = 0x320, LvtThermal = 0x330, LvtLint0 = 0x350, LvtError = 0x370,
        InitialCount = 0x380, CurrentCount = 0x390, Divide = 0x3E0;

    private const ulong Masked = 0x1_0000, Periodic = 1 << 17, DeadlineMode = 2 << 17;
    private const uint TscDeadlineMsr = 0x6E0, ApicBaseMsr = 0x1B;

    private readonly TinyGuest _guest = new(SoftwareBackend.Hypervisor, processors: 4);
    private readonly List<byte> _endsOfInterrupt = [];

    public LocalApicTests()
    {
        _guest.Partition.EndOfInterrupt += _endsOfInterrupt.Add;
        for (int i = 0; i < 4; i++) Write(Svr, 0x1FF, i);
    }

    public void Dispose() => _guest.Dispose();

    private SoftwareProcessor Processor(int index) => (SoftwareProcessor)_guest.Partition.Processors[index];

    private LocalApic Apic(int index = 0) => Processor(index).Apic;

    private ISystemServices Services(int index = 0) => (ISystemServices)_guest.Partition.Processors[index];

    private void Write(int register, ulong value, int processor = 0) => Apic(processor).Write(register, 4, value);

    private uint Read(int register, int processor = 0) => (uint)Apic(processor).Read(register, 4);

    private bool IsRequested(byte vector, int processor = 0) => (Read(Irr + (vector >> 5) * 16, processor) >> (vector & 31) & 1) != 0;

    private int[] WhoGot(byte vector)
    {
        int[] got = [.. Enumerable.Range(0, 4).Where(index => IsRequested(vector, index))];
        foreach (int index in got)
        {
            while (Apic(index).Acknowledge() >= 0) Write(Eoi, 0, index);
        }
        return got;
    }

    private bool BecomesRequested(byte vector) => SpinWait.SpinUntil(() => IsRequested(vector), TimeSpan.FromSeconds(20));

    [Fact]
    public void Registers_have_their_reset_values()
    {
        using var fresh = new TinyGuest(SoftwareBackend.Hypervisor, processors: 3);
        var apic = ((SoftwareProcessor)fresh.Partition.Processors[2]).Apic;
        Assert.Equal(2ul << 24, apic.Read(Id, 4));
        Assert.Equal(0x5_0014ul, apic.Read(Version, 4));
        Assert.Equal(0xFFul, apic.Read(Svr, 4));
        Assert.Equal(uint.MaxValue, apic.Read(Dfr, 4));
        Assert.Equal(0ul, apic.Read(Ldr, 4));
        foreach (int lvt in (int[])[LvtTimer, LvtThermal, 0x340, LvtLint0, 0x360, LvtError]) Assert.Equal(Masked, apic.Read(lvt, 4));
        Assert.Equal(0xFEE0_0900ul, ((SoftwareProcessor)fresh.Partition.Processors[0]).Apic.BaseRegister);
        Assert.Equal(0xFEE0_0800ul, apic.BaseRegister);
    }

    [Fact]
    public void Highest_request_comes_first_and_the_lower_class_waits_for_the_end_of_the_higher()
    {
        foreach (byte vector in (byte[])[0x31, 0x52, 0x58, 0x90]) Apic().Accept(vector, level: false);
        Assert.Equal(0x90, Apic().Acknowledge());
        Assert.Equal(0x90u, Read(Ppr));
        Assert.Equal(-1, Apic().Acknowledge());
        Write(Eoi, 0);
        Assert.Equal(0x58, Apic().Acknowledge());
        Assert.Equal(-1, Apic().Acknowledge());         // 52h is of the same class
        Apic().Accept(0x61, level: false);
        Assert.Equal(0x61, Apic().Acknowledge());       // a higher class interrupts the handler
        Assert.Equal(0x60u, Read(Ppr));
        Write(Eoi, 0);
        Assert.Equal(0x50u, Read(Ppr));
        Write(Eoi, 0);
        Assert.Equal(0x52, Apic().Acknowledge());
        Write(Eoi, 0);
        Assert.Equal(0x31, Apic().Acknowledge());
        Write(Eoi, 0);
        Assert.Equal(0u, Read(Ppr));
        Assert.Equal(-1, Apic().Acknowledge());
        Assert.Empty(_endsOfInterrupt);
    }

    [Fact]
    public void Same_vector_twice_is_one_in_service_and_one_waiting()
    {
        Apic().Accept(0x41, level: false);
        Assert.Equal(0x41, Apic().Acknowledge());
        Apic().Accept(0x41, level: false);
        Apic().Accept(0x41, level: false);
        Assert.True(IsRequested(0x41));
        Write(Eoi, 0);
        Assert.Equal(0x41, Apic().Acknowledge());
        Write(Eoi, 0);
        Assert.Equal(-1, Apic().Acknowledge());
    }

    [Fact]
    public void Task_priority_holds_back_its_class_and_lower_ones()
    {
        Write(Tpr, 0x50);
        Apic().Accept(0x5F, level: false);
        Assert.Equal(-1, Apic().Acknowledge());
        Apic().Accept(0x60, level: false);
        Assert.Equal(0x60, Apic().Acknowledge());
        Write(Eoi, 0);
        Assert.Equal(5ul, Services().TaskPriority);     // CR8
        Services().TaskPriority = 4;
        Assert.Equal(0x40u, Read(Tpr));
        Assert.Equal(0x5F, Apic().Acknowledge());
    }

    [Fact]
    public void Processor_priority_shows_the_subclass_of_the_task_only_while_it_is_the_higher()
    {
        Write(Tpr, 0x45);
        Assert.Equal(0x45u, Read(Ppr));
        Apic().Accept(0x53, level: false);
        Apic().Acknowledge();
        Assert.Equal(0x50u, Read(Ppr));
    }

    [Fact]
    public void End_of_a_level_interrupt_is_broadcast_once()
    {
        Apic().Accept(0x45, level: true);
        Assert.Equal(1u << 5, Read(Tmr + 0x20));
        Apic().Acknowledge();
        Assert.Empty(_endsOfInterrupt);
        Write(Eoi, 0);
        Write(Eoi, 0);      // nothing is in service any more
        Assert.Equal([0x45], _endsOfInterrupt);
        Apic().Accept(0x45, level: false);
        Assert.Equal(0u, Read(Tmr + 0x20));
        Apic().Acknowledge();
        Write(Eoi, 0);
        Assert.Equal([0x45], _endsOfInterrupt);
    }

    [Fact]
    public void Software_disabled_it_takes_nothing_and_masks_its_entries()
    {
        Write(LvtTimer, 0x40);
        Assert.Equal(0x40u, Read(LvtTimer));
        Apic().Accept(0x61, level: false);
        Write(Svr, 0xFF);
        Assert.Equal(0x1_0040u, Read(LvtTimer));
        Write(LvtTimer, 0x40);
        Assert.Equal(0x1_0040u, Read(LvtTimer));
        Apic().Accept(0x62, level: false);
        Assert.False(IsRequested(0x62));
        Write(Svr, 0x1FF);
        Assert.Equal(0x1_0040u, Read(LvtTimer));        // stays masked until software unmasks it
        Assert.Equal(0x61, Apic().Acknowledge());       // what had come before is still there
    }

    [Fact]
    public void Vectors_below_16_are_errors_of_the_sender_or_the_receiver()
    {
        Write(LvtError, 0xFE);
        Apic().Accept(15, level: false);
        Assert.False(IsRequested(15));
        Assert.True(IsRequested(0xFE));
        Assert.Equal(0u, Read(Esr));
        Write(Esr, 0);
        Assert.Equal(0x40u, Read(Esr));
        Write(Esr, 0);
        Assert.Equal(0u, Read(Esr));
        Write(IcrLow, 0x4_0007);                        // to itself
        Write(Esr, 0);
        Assert.Equal(0x20u, Read(Esr));
    }

    [Theory]
    [InlineData(0x4_0000, 0xFF, new[] { 1 })]           // shorthand: itself
    [InlineData(0x8_0000, 0x00, new[] { 0, 1, 2, 3 })]  // all
    [InlineData(0xC_0000, 0x00, new[] { 0, 2, 3 })]     // all others
    [InlineData(0, 2, new[] { 2 })]                     // physical
    [InlineData(0, 9, new int[0])]                      // nobody
    [InlineData(0, 0xFF, new[] { 0, 1, 2, 3 })]         // broadcast
    [InlineData(0x800, 0b0101, new[] { 0, 2 })]         // logical, flat
    [InlineData(0x800, 0xF0, new int[0])]
    [InlineData(0x800, 0xFF, new[] { 0, 1, 2, 3 })]
    public void Command_reaches_whom_it_names(uint command, uint destination, int[] expected)
    {
        for (int i = 0; i < 4; i++) Write(Ldr, 1ul << (24 + i), i);
        Write(IcrHigh, destination << 24, processor: 1);
        Write(IcrLow, command | 0x77, processor: 1);
        Assert.Equal(expected, WhoGot(0x77));
        Assert.Equal(0u, Read(IcrLow, 1) & 0x1000);     // sent
    }

    [Theory]
    [InlineData(0x11, new[] { 0 })]
    [InlineData(0x13, new[] { 0, 1 })]
    [InlineData(0x23, new[] { 2, 3 })]
    [InlineData(0x22, new[] { 3 })]
    [InlineData(0x33, new int[0])]
    [InlineData(0xFF, new[] { 0, 1, 2, 3 })]
    public void Clusters_hold_four_processors_each(uint destination, int[] expected)
    {
        for (int i = 0; i < 4; i++)
        {
            Write(Dfr, 0, i);
            Write(Ldr, (ulong)((i / 2 + 1) << 4 | 1 << (i & 1)) << 24, i);
        }
        Write(IcrHigh, destination << 24);
        Write(IcrLow, 0x877);
        Assert.Equal(expected, WhoGot(0x77));
    }

    [Fact]
    public void Lowest_priority_goes_to_one_processor_that_does_the_least()
    {
        for (int i = 0; i < 4; i++) Write(Ldr, 1ul << (24 + i), i);
        Write(Tpr, 0x20, 0);
        Write(Tpr, 0x30, 2);
        Write(Tpr, 0x20, 3);
        _guest.Partition.SendMsi(0xFEE0_F00C, 0x177);        // logical, all four, redirection hint
        Assert.Equal([1], WhoGot(0x77));
        Write(Tpr, 0x20, 1);
        Write(Tpr, 0x20, 2);
        var turns = new HashSet<int>();
        for (int i = 0; i < 8; i++)
        {
            _guest.Partition.SendMsi(0xFEE0_F00C, 0x177);
            turns.Add(Assert.Single(WhoGot(0x77)));
        }
        Assert.Equal(4, turns.Count);
    }

    [Fact]
    public void Message_of_a_device_reaches_its_processor()
    {
        _guest.Partition.SendMsi(0xFEE0_3000, 0x55);
        Assert.Equal([3], WhoGot(0x55));
        _guest.Partition.SendMsi(0xFEE0_3000, 0xC055);       // level, assert
        Assert.Equal(1u << 21, Read(Tmr + 0x20, 3));
        Assert.Equal([3], WhoGot(0x55));
        Assert.Equal([0x55], _endsOfInterrupt);
        _guest.Partition.SendMsi(0x1234_5000, 0x55);         // somewhere else
        Assert.Equal([], WhoGot(0x55));
    }

    [Fact]
    public void Start_up_needs_an_INIT_and_is_taken_once()
    {
        var second = Processor(1);
        Assert.Equal(ProcessorActivity.WaitForSipi, second.Cpu.Activity);
        _guest.Load(16, a =>
        {
            a.inc(Iced.Intel.AssemblerRegisters.__word_ptr[0x9000]);
            a.hlt();
        });
        _guest.Memory.Write(0x9000, new byte[2]);
        using var stop = new Timer(_ => second.Kick(), null, Timeout.Infinite, Timeout.Infinite);
        void RunFor(int milliseconds)
        {
            stop.Change(milliseconds, Timeout.Infinite);
            Assert.Equal(ExitReason.Canceled, second.Run().Reason);
        }
        ushort Count()
        {
            byte[] bytes = new byte[2];
            Assert.True(_guest.Memory.TryRead(0x9000, bytes));
            return BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        }
        Write(IcrHigh, 1ul << 24);
        Write(IcrLow, 0x608);           // start-up at 8000h
        RunFor(50);
        Assert.Equal(1, Count());
        Assert.Equal(ProcessorActivity.Halted, second.Cpu.Activity);
        Assert.Equal(0x800, second.GetState().Segments[1].Selector);
        Write(IcrLow, 0x608);           // a second one is ignored by a running processor
        RunFor(50);
        Assert.Equal(1, Count());
        Write(IcrLow, 0x4500);          // INIT
        Write(IcrLow, 0x8500);          // its de-assertion
        RunFor(50);
        Assert.Equal(ProcessorActivity.WaitForSipi, second.Cpu.Activity);
        Assert.Equal(1, Count());
        Assert.Equal(0xFFu, Read(Svr, 1));
        Write(IcrLow, 0x608);
        RunFor(50);
        Assert.Equal(2, Count());
    }

    [Fact]
    public void One_shot_timer_fires_once_and_counts_down()
    {
        Write(Divide, 0xB);             // by 1
        Write(LvtTimer, 0x40);
        Write(InitialCount, 50_000_000);
        uint first = Read(CurrentCount);
        Assert.InRange(first, 1u, 50_000_000u);
        Thread.Sleep(2);
        Assert.True(Read(CurrentCount) < first);
        Assert.True(BecomesRequested(0x40));
        Assert.Equal(0u, Read(CurrentCount));
        Assert.Equal(0x40, Apic().Acknowledge());
        Write(Eoi, 0);
        Thread.Sleep(100);
        Assert.False(IsRequested(0x40));
    }

    [Theory]
    [InlineData(0x0, 2)]
    [InlineData(0x1, 4)]
    [InlineData(0x2, 8)]
    [InlineData(0x3, 16)]
    [InlineData(0x8, 32)]
    [InlineData(0x9, 64)]
    [InlineData(0xA, 128)]
    [InlineData(0xB, 1)]
    public void Timer_divides(uint configuration, int divider)
    {
        Write(Divide, configuration);
        Write(LvtTimer, Masked | 0x40);
        long before = _guest.Clock.Now;
        Write(InitialCount, uint.MaxValue);
        long started = _guest.Clock.Now;
        Thread.Sleep(20);
        long asked = _guest.Clock.Now;
        uint gone = uint.MaxValue - Read(CurrentCount);
        long after = _guest.Clock.Now;
        Assert.InRange((double)gone * divider, asked - started - divider, after - before + divider);    // the timer counts at 1 GHz
    }

    [Fact]
    public void Periodic_timer_fires_again_and_again_until_it_is_stopped()
    {
        Write(Divide, 0xB);
        Write(LvtTimer, Periodic | 0x40);
        Write(InitialCount, 2_000_000);
        for (int i = 0; i < 5; i++)
        {
            Assert.True(BecomesRequested(0x40));
            Assert.Equal(0x40, Apic().Acknowledge());
            Write(Eoi, 0);
        }
        Write(InitialCount, 0);
        Thread.Sleep(20);
        while (Apic().Acknowledge() >= 0) Write(Eoi, 0);
        Thread.Sleep(50);
        Assert.False(IsRequested(0x40));
    }

    [Fact]
    public void Masked_timer_counts_but_does_not_interrupt()
    {
        Write(Divide, 0xB);
        Write(LvtTimer, Masked | 0x40);
        Write(InitialCount, 1_000_000);
        Assert.True(SpinWait.SpinUntil(() => Read(CurrentCount) == 0, TimeSpan.FromSeconds(20)));
        Thread.Sleep(20);
        Assert.False(IsRequested(0x40));
    }

    [Fact]
    public void Deadline_fires_once_when_the_counter_passes_it()
    {
        Write(LvtTimer, DeadlineMode | 0x42);
        Write(InitialCount, 1000);      // means nothing in this mode
        Assert.Equal(0u, Read(CurrentCount));
        ulong deadline = Services().ReadTsc() + 30_000_000;
        Assert.True(Services().TryWriteApicMsr(TscDeadlineMsr, deadline));
        Assert.Equal(deadline, Apic().TscDeadline);
        Assert.True(BecomesRequested(0x42));
        Assert.True(Services().ReadTsc() >= deadline);
        Assert.Equal(0ul, Apic().TscDeadline);
        Apic().Acknowledge();
        Write(Eoi, 0);

        Assert.True(Services().TryWriteApicMsr(TscDeadlineMsr, 1));     // in the past: at once
        Assert.True(BecomesRequested(0x42));
        Apic().Acknowledge();
        Write(Eoi, 0);

        Assert.True(Services().TryWriteApicMsr(TscDeadlineMsr, Services().ReadTsc() + 20_000_000));
        Assert.True(Services().TryWriteApicMsr(TscDeadlineMsr, 0));     // disarmed
        Thread.Sleep(60);
        Assert.False(IsRequested(0x42));
    }

    [Fact]
    public void Change_of_the_timers_mode_disarms_it()
    {
        Write(LvtTimer, DeadlineMode | 0x42);
        Assert.True(Services().TryWriteApicMsr(TscDeadlineMsr, Services().ReadTsc() + 20_000_000));
        Write(LvtTimer, 0x42);
        Assert.Equal(0ul, Apic().TscDeadline);
        Assert.True(Services().TryWriteApicMsr(TscDeadlineMsr, 1));     // means nothing in this mode
        Thread.Sleep(60);
        Assert.False(IsRequested(0x42));
        Write(Divide, 0xB);
        Write(InitialCount, 20_000_000);
        Write(LvtTimer, DeadlineMode | 0x42);
        Thread.Sleep(60);
        Assert.False(IsRequested(0x42));
    }

    [Fact]
    public void Base_moves_disables_and_knows_no_x2apic()
    {
        Assert.True(Services().TryWriteApicMsr(ApicBaseMsr, 0xFEC8_0800));
        Assert.Equal(0xFEC8_0000ul, Apic().Page);
        Assert.Equal(0xFEC8_0900ul, Apic().BaseRegister);       // the first processor stays the first
        Assert.False(Services().TryWriteApicMsr(ApicBaseMsr, 0xFEE0_0C00));
        Assert.True(Services().TryWriteApicMsr(ApicBaseMsr, 0xFEE0_0000));
        Assert.Equal(ulong.MaxValue, Apic().Page);
        Assert.Equal(-1, Apic().Acknowledge());
    }

    [Fact]
    public void External_interrupts_pass_LINT0_only_where_it_lets_them()
    {
        Write(LvtLint0, 0x700);
        _guest.Partition.SetExternalInterrupt(true, () => 0x28);
        Assert.Equal(0x28, Apic().Acknowledge());
        Write(LvtLint0, Masked | 0x700);
        Assert.Equal(-1, Apic().Acknowledge());
        Write(LvtLint0, 0x700);
        _guest.Partition.SetExternalInterrupt(false, () => 0x28);
        Assert.Equal(-1, Apic().Acknowledge());
    }

    [Theory]
    [InlineData(0ul, 0ul)]
    [InlineData(Periodic, 0ul)]
    [InlineData(DeadlineMode, 2_000_000_000ul)]
    public void Timer_that_is_due_and_not_served_yet_is_saved_with_its_interrupt(ulong mode, ulong deadline)
    {
        Write(Divide, 0xB);
        Write(LvtTimer, mode | 0x43);
        Write(InitialCount, 2_000_000_000);
        if (deadline != 0) Assert.True(Services().TryWriteApicMsr(TscDeadlineMsr, Services().ReadTsc() + deadline));
        // The clock's thread serves no timer of a paused machine, however late it is.
        _guest.Clock.Pause();
        _guest.Clock.Set(_guest.Clock.Now + 3_000_000_000);
        var state = Processor(0).GetState();
        Assert.Equal(0ul, state.Msrs[TscDeadlineMsr]);

        using var other = new TinyGuest(SoftwareBackend.Hypervisor);
        other.Partition.Processors[0].SetState(state);
        var apic = ((SoftwareProcessor)other.Partition.Processors[0]).Apic;
        Assert.Equal(0x43, apic.Acknowledge());
        apic.Write(Eoi, 4, 0);
        Assert.Equal(-1, apic.Acknowledge());        // and once alone
    }

    [Fact]
    public void State_moves_to_another_machine_with_timer_and_interrupts_in_service()
    {
        Write(Ldr, 0x0200_0000);
        Write(Tpr, 0x10);
        Write(Divide, 0xB);
        Write(LvtTimer, 0x44);
        Write(InitialCount, 200_000_000);
        Apic().Accept(0x71, level: true);
        Apic().Acknowledge();
        Apic().Accept(0x52, level: false);
        var state = _guest.Processor.GetState();
        uint left = BinaryPrimitives.ReadUInt32LittleEndian(state.LocalApic.AsSpan(CurrentCount));
        Assert.InRange(left, 1u, 200_000_000u);

        using var other = new TinyGuest(SoftwareBackend.Hypervisor);
        var ends = new List<byte>();
        other.Partition.EndOfInterrupt += ends.Add;
        other.Processor.SetState(state);
        var apic = ((SoftwareProcessor)other.Processor).Apic;
        Assert.InRange((uint)apic.Read(CurrentCount, 4), 1u, left);
        foreach (int register in (int[])[Id, Tpr, Ppr, Ldr, Dfr, Svr, Isr + 0x30, Tmr + 0x30, Irr + 0x20, LvtTimer, LvtLint0, InitialCount, Divide])
            Assert.Equal(Read(register), (uint)apic.Read(register, 4));
        Assert.Equal(-1, apic.Acknowledge());
        apic.Write(Eoi, 4, 0);
        Assert.Equal([0x71], ends);
        Assert.Equal(0x52, apic.Acknowledge());
        apic.Write(Eoi, 4, 0);
        Assert.True(SpinWait.SpinUntil(() => apic.Acknowledge() == 0x44, TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void Deadline_moves_to_another_machine()
    {
        Write(LvtTimer, DeadlineMode | 0x42);
        Assert.True(Services().TryWriteApicMsr(TscDeadlineMsr, Services().ReadTsc() + 50_000_000));
        var state = _guest.Processor.GetState();
        using var other = new TinyGuest(SoftwareBackend.Hypervisor);
        other.Processor.SetState(state);
        var apic = ((SoftwareProcessor)other.Processor).Apic;
        Assert.True(SpinWait.SpinUntil(() => apic.Acknowledge() == 0x42, TimeSpan.FromSeconds(20)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_is_written_nothing_breaks(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 50_000; i++)
        {
            int processor = random.Next(4), size = 1 << random.Next(4);
            int offset = random.Next(8) == 0 ? random.Next(0x1000) : random.Next(0x40) << 4;
            switch (random.Next(10))
            {
                case < 5: Apic(processor).Write(offset, size, (ulong)random.NextInt64()); break;
                case < 7: Apic(processor).Read(offset, size); break;
                case 7: _guest.Partition.SendMsi(0xFEE0_0000ul | (uint)random.Next(1 << 20), (uint)random.Next()); break;
                case 8: Services(processor).TryWriteApicMsr(random.Next(2) == 0 ? ApicBaseMsr : TscDeadlineMsr, (ulong)random.NextInt64()); break;
                default: Apic(processor).Acknowledge(); break;
            }
        }
        // Each processor's timer waits once at most, however often it was set.
        Assert.InRange(_guest.Clock.Waiting, 0, 4);
        // And it still works.
        for (int i = 0; i < 4; i++)
        {
            Assert.True(Services(i).TryWriteApicMsr(ApicBaseMsr, 0xFEE0_0800));
            Apic(i).Reset();
            Write(Svr, 0x1FF, i);
            Write(LvtLint0, Masked, i);
            Apic(i).Accept(0x99, level: false);
            Assert.Equal(0x99, Apic(i).Acknowledge());
        }
    }

    [Fact]
    public void Timer_that_was_set_again_does_not_interrupt_for_what_it_was_set_to_before()
    {
        Write(LvtTimer, 0x60);
        Write(Divide, 0xB);
        for (int i = 0; i < 3000; i++)
        {
            Write(InitialCount, 2000);
            Thread.SpinWait(i % 400);
            Write(InitialCount, uint.MaxValue);         // from here on, four seconds
            while (Apic().Acknowledge() >= 0) Write(Eoi, 0);
            Thread.SpinWait(2000);
            Assert.Equal(-1, Apic().Acknowledge());
        }
    }

    [Fact]
    public void Timer_that_is_set_over_and_over_takes_no_more_memory()
    {
        Write(LvtTimer, 0x60);
        Write(InitialCount, uint.MaxValue);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (uint i = 0; i < 200_000; i++) Write(InitialCount, uint.MaxValue - i);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void Timer_stops_with_its_processor()
    {
        var other = new TinyGuest(SoftwareBackend.Hypervisor);
        var apic = ((SoftwareProcessor)other.Processor).Apic;
        apic.Write(Svr, 4, 0x1FF);
        apic.Write(LvtTimer, 4, Periodic | 0x60);
        apic.Write(InitialCount, 4, 1);
        other.Partition.Dispose();                      // the clock goes on
        Thread.Sleep(50);
        other.Dispose();
    }
}
