using VirtEngine.Conformance.Guests;
using VirtEngine.Hypervisors;
using static Iced.Intel.AssemblerRegisters;
using static VirtEngine.Conformance.Guests.TrapGuest;

namespace VirtEngine.Conformance;

/// <summary>Interrupts from outside a processor: messages, the 8259s' wire, the local APIC's timer, other processors (Intel SDM vol. 3, chapter 10).</summary>
public class InterruptTests<TBackend> : IDisposable where TBackend : IBackend
{
    private const ulong InterruptFlag = 0x200;
    private const int LvtTimer = 0x320, InitialCount = 0x380, Divide = 0x3E0, LvtLint0 = 0x350, InService = 0x100;
    private const uint TscDeadline = 0x6E0, TimeStampCounter = 0x10;

    private readonly TrapGuest _guest = new(TBackend.Hypervisor);

    public InterruptTests() => _guest.EnableApic();

    public void Dispose()
    {
        _guest.Dispose();
        GC.SuppressFinalize(this);
    }

    private TrapFrame RunToInterrupt(Action<Iced.Intel.Assembler> code)
    {
        _guest.Load(code);
        _guest.Continue(Code);
        return _guest.RunToTrap();
    }

    // HLT with interrupts on, and what must not be reached behind it.
    private static void Sleep(Iced.Intel.Assembler a)
    {
        a.sti();
        a.hlt();
        a.ud2();
    }

    private void SetApic(params ReadOnlySpan<(int Register, int Value)> values)
    {
        foreach (var (register, value) in values)
            _guest.Change(state => BitConverter.TryWriteBytes(state.LocalApic.AsSpan(register), value));
    }

    private bool IsInService(byte vector) =>
        (BitConverter.ToUInt32(_guest.State.LocalApic, InService + (vector >> 5) * 16) >> (vector & 31) & 1) != 0;

    [Fact]
    public void Message_wakes_a_processor_that_halts()
    {
        using var device = new Timer(_ => _guest.Interrupt(0x61), null, 50, Timeout.Infinite);
        var trap = RunToInterrupt(Sleep);
        Assert.Equal((0x61, Code + 2), (trap.Vector, trap.InstructionPointer));
        Assert.True(IsInService(0x61));
    }

    [Fact]
    public void Higher_message_comes_first_and_the_lower_after_its_end()
    {
        _guest.Interrupt(0x41);
        _guest.Interrupt(0x92);
        Assert.Equal(0x92, RunToInterrupt(Sleep).Vector);
        _guest.EndInterrupts();
        Assert.Equal(0x41, RunToInterrupt(Sleep).Vector);
    }

    [Fact]
    public void Task_priority_holds_lower_messages_back()
    {
        _guest.Interrupt(0x41);
        _guest.RunToEnd(a =>
        {
            a.mov(eax, 5);
            a.mov(cr8, rax);
            a.sti();
            a.nop();
            a.cli();
            a.@out(0xF4, al);
            a.hlt();
        });
        var trap = RunToInterrupt(a =>
        {
            a.xor(eax, eax);
            a.sti();
            a.mov(cr8, rax);
            a.nop();
            a.nop();
            a.hlt();
        });
        Assert.Equal(0x41, trap.Vector);
    }

    [Fact]
    public void Wire_of_the_8259s_interrupts_and_is_acknowledged_once()
    {
        int acknowledged = 0;
        SetApic((LvtLint0, 0x700));
        _guest.Tiny.Partition.SetExternalInterrupt(true, Acknowledge);
        var trap = RunToInterrupt(Sleep);
        Assert.Equal((0x38, 1), (trap.Vector, acknowledged));
        Assert.False(IsInService(0x38));

        byte Acknowledge()
        {
            acknowledged++;
            _guest.Tiny.Partition.SetExternalInterrupt(false, Acknowledge);
            return 0x38;
        }
    }

    [Fact]
    public void Wire_of_the_8259s_wakes_a_processor_that_halts_and_waits_for_the_interrupt_flag()
    {
        SetApic((LvtLint0, 0x700));
        _guest.Tiny.Partition.SetExternalInterrupt(false, Acknowledge);
        using var device = new Timer(_ => _guest.Tiny.Partition.SetExternalInterrupt(true, Acknowledge), null, 50, Timeout.Infinite);
        Assert.Equal(0x39, RunToInterrupt(Sleep).Vector);

        _guest.Tiny.Partition.SetExternalInterrupt(true, Acknowledge);
        var trap = RunToInterrupt(a =>
        {
            for (int i = 0; i < 100; i++) a.nop();
            a.sti();
            a.nop();
            a.nop();
            a.hlt();
        });
        Assert.Equal((0x39, Code + 102), (trap.Vector, trap.InstructionPointer));

        byte Acknowledge()
        {
            _guest.Tiny.Partition.SetExternalInterrupt(false, Acknowledge);
            return 0x39;
        }
    }

    [Fact]
    public void Timer_counts_down_and_interrupts()
    {
        SetApic((LvtTimer, 0x55), (Divide, 0xB));
        _guest.Change(state => BitConverter.TryWriteBytes(state.LocalApic.AsSpan(InitialCount), 20_000_000));
        _guest.Change(state => BitConverter.TryWriteBytes(state.LocalApic.AsSpan(0x390), 20_000_000)); // CurrentCount
        Assert.Equal(0x55, RunToInterrupt(Sleep).Vector);
    }

    [Fact]
    public void Timer_interrupts_at_a_deadline_of_the_time_stamp_counter()
    {
        SetApic((LvtTimer, 2 << 17 | 0x56));
        uint wait = (uint)(_guest.Tiny.Partition.Profile.TscHz / 50);
        var trap = RunToInterrupt(a =>
        {
            a.rdtsc();
            a.shl(rdx, 32);
            a.or(rax, rdx);
            a.add(rax, (int)wait);
            a.mov(rsi, rax);
            a.mov(rdx, rax);
            a.shr(rdx, 32);
            a.mov(ecx, TscDeadline);
            a.wrmsr();
            Sleep(a);
        });
        Assert.Equal(0x56, trap.Vector);
        ulong deadline = _guest.State.Registers[6];
        var after = _guest.RunToEnd(a =>
        {
            a.rdtsc();
            a.@out(0xF4, al);
            a.hlt();
        });
        // A hypervisor's clock and the counter may differ by what calibration leaves: here a tenth of the wait.
        Assert.True((after.Registers[2] << 32 | (uint)after.Registers[0]) >= deadline - wait / 10, "It came before its time.");
    }

    [Fact]
    public void End_of_a_level_triggered_interrupt_is_announced_and_that_of_an_edge_is_not()
    {
        var ended = new List<byte>();
        _guest.Tiny.Partition.EndOfInterrupt += ended.Add;
        const uint level = 1 << 15, assert = 1 << 14;
        _guest.Tiny.Partition.SetIoApicEntry(11, 0xFEE0_0000, 0x71 | level | assert);
        _guest.MapApic();
        foreach (var (vector, data) in (ReadOnlySpan<(byte, uint)>)[(0x71, 0x71 | level | assert), (0x72, 0x72)])
        {
            _guest.Tiny.Partition.SendMsi(0xFEE0_0000, data);
            Assert.Equal(vector, RunToInterrupt(Sleep).Vector);
            Assert.Empty(ended);
            _guest.RunToEnd(a =>
            {
                a.mov(rbx, 0xFEE0_00B0ul);
                a.mov(__dword_ptr[rbx], 0);
                a.@out(0xF4, al);
                a.hlt();
            });
            Assert.Equal(vector == 0x71 ? [0x71] : (byte[])[], ended);
            ended.Clear();
        }
    }

    [Fact]
    public void Start_up_message_starts_a_processor_at_its_page()
    {
        using var two = new TinyGuest(TBackend.Hypervisor, processors: 2);
        two.Load(16, a =>
        {
            a.mov(al, (byte)'2');
            a.@out(0xE9, al);
            a.cli();
            a.hlt();
        }, 0x5000, origin: 0);
        var second = two.Partition.Processors[1];
        Assert.Equal(ProcessorActivity.WaitForSipi, second.GetState().Activity);
        using (new RunningProcessor(second))
        {
            two.Partition.SendMsi(0xFEE0_1000, 0x500);
            two.Partition.SendMsi(0xFEE0_1000, 0x605);
            Assert.True(SpinWait.SpinUntil(() => two.Output.Count == 1, 10_000));
        }
        Assert.Equal([(byte)'2'], two.Output);
        var state = second.GetState();
        Assert.Equal(((ushort)0x500, 0x5000ul), (state.Segments[1].Selector, state.Segments[1].Base));
    }

    [Fact]
    public void Processors_interrupt_each_other()
    {
        using var two = new TrapGuest(TBackend.Hypervisor, processors: 2);
        two.EnableApic();
        two.MapApic();
        two.Tiny.Partition.Processors[1].SetState(AsFirst(two));
        two.Load(a =>
        {
            a.mov(rbx, 0xFEE0_0310ul);
            a.mov(__dword_ptr[rbx], 0);              // to processor 0
            a.mov(rbx, 0xFEE0_0300ul);
            a.mov(__dword_ptr[rbx], 0x4_0000 >> 4 | 0x66);
            a.cli();
            a.hlt();
        }, 0x9000);
        two.Load(Sleep);
        two.Continue(Code);
        // Not before: the state that was set would take the place of an interrupt that had come.
        using var second = new RunningProcessor(two.Tiny.Partition.Processors[1]);
        Assert.Equal(0x66, two.RunToTrap().Vector);

        ProcessorState AsFirst(TrapGuest guest)
        {
            var state = guest.State;
            var own = guest.Tiny.Partition.Processors[1].GetState();
            own.LocalApic.CopyTo(state.LocalApic, 0);
            BitConverter.TryWriteBytes(state.LocalApic.AsSpan(0xF0), 0x1FF);
            state.Msrs[0x1B] = own.Msrs[0x1B];
            state.InstructionPointer = 0x9000;
            state.Registers[4] = 0x6F00;
            state.Activity = ProcessorActivity.Running;
            return state;
        }
    }

    [Fact]
    public void Interrupt_that_was_requested_outlives_a_move_to_another_partition()
    {
        _guest.Interrupt(0x62);
        var state = _guest.State;
        using var other = new TrapGuest(TBackend.Hypervisor);
        other.Load(Sleep);
        other.Processor.SetState(state);
        other.Continue(Code);
        Assert.Equal(0x62, other.RunToTrap().Vector);
    }
}
