using VirtEngine.Hypervisors;
using VirtEngine.Conformance.Guests;
using static Iced.Intel.AssemblerRegisters;
using static VirtEngine.Conformance.Guests.TrapGuest;

namespace VirtEngine.Conformance;

/// <summary>Exceptions, interrupts and changes of privilege in 64-bit mode (Intel SDM vol. 3, chapter 6).</summary>
public class TrapTests<TBackend> : IDisposable where TBackend : IBackend
{
    private const ulong InterruptFlag = 0x200, TrapFlag = 0x100, ResumeFlag = 0x1_0000;
    private const byte Divide = 0, Debug = 1, Breakpoint = 3, InvalidOpcode = 6, DoubleFault = 8, NotPresent = 11, Protection = 13, PageFault = 14;

    private readonly TrapGuest _guest = new(TBackend.Hypervisor);

    public void Dispose()
    {
        _guest.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Fault_points_at_its_instruction_and_trap_behind_it()
    {
        var fault = _guest.RunToTrap(c => { c.nop(); c.xor(ecx, ecx); c.div(ecx); });
        Assert.Equal((Divide, Code + 3, KernelCode), (fault.Vector, fault.InstructionPointer, fault.Code));
        Assert.Equal(ResumeFlag, fault.Flags & ResumeFlag);
        Assert.Null(fault.ErrorCode);
        var trap = _guest.RunToTrap(c => { c.nop(); c.int3(); });
        Assert.Equal((Breakpoint, Code + 2), (trap.Vector, trap.InstructionPointer));
        Assert.Equal(0ul, trap.Flags & ResumeFlag);
        Assert.Equal((InvalidOpcode, Code), _guest.RunToTrap(c => c.ud2()) is var ud ? (ud.Vector, ud.InstructionPointer) : default);
    }

    [Fact]
    public void Frame_is_aligned_and_names_the_old_stack()
    {
        _guest.Load(c => c.int3());
        _guest.Continue(Code);
        _guest.Change(state => state.Registers[4] = TinyGuest.StackTop - 3);
        var trap = _guest.RunToTrap();
        Assert.Equal((TinyGuest.StackTop - 3, KernelData), (trap.StackPointer, trap.Stack));
        Assert.Equal(TinyGuest.StackTop - 16 - 40, trap.HandlerStack);
    }

    [Fact]
    public void User_traps_to_the_kernels_stack_and_comes_back_by_IRET()
    {
        _guest.SetGate(0x80, Code + 0x100, privilege: 3);
        _guest.Load(c =>
        {
            c.mov(rbx, __qword_ptr[rsp + 24]);      // the user's RSP
            c.mov(rcx, __qword_ptr[rsp + 8]);
            c.mov(rdx, rsp);
            c.inc(r15);
            c.iretq();
        }, at: Code + 0x100);
        _guest.SetGate(Breakpoint, Stubs + 8 * Breakpoint, privilege: 3);
        var trap = _guest.RunToTrap(c =>
        {
            c.xor(r15d, r15d);
            c.@int(0x80);
            c.@int(0x80);
            c.mov(r14, rsp);
            c.int3();
        }, user: true);
        Assert.Equal((Breakpoint, UserCode, UserData), (trap.Vector, trap.Code, trap.Stack));
        var state = _guest.State;
        Assert.Equal(2ul, state.Registers[15]);
        Assert.Equal(TinyGuest.StackTop, state.Registers[3]);
        Assert.Equal(TinyGuest.StackTop, state.Registers[14]);
        Assert.Equal(UserCode, state.Registers[1]);
        Assert.Equal(InnerStack - 40, state.Registers[2]);
        Assert.Equal(KernelCode, state.Segments[1].Selector);
        Assert.Equal(0, state.Segments[2].Selector);        // SS is null at the inner level
    }

    [Fact]
    public void User_may_not_raise_what_the_kernel_keeps_for_itself()
    {
        var trap = _guest.RunToTrap(c => c.@int(0x81), user: true);
        Assert.Equal((Protection, 0x81u * 8 + 2, Code), (trap.Vector, trap.ErrorCode!.Value, trap.InstructionPointer));
        foreach (var privileged in (Action<Iced.Intel.Assembler>[])
            [c => c.hlt(), c => c.cli(), c => c.mov(cr3, rax), c => c.wrmsr(), c => c.lgdt(__[rsp]), c => c.@in(al, dx), c => c.invlpg(__byte_ptr[rax]),
             c => c.clts(), c => c.swapgs(), c => c.wbinvd(), c => c.mov(dr7, rax), c => c.sysretq(), c => c.ltr(ax), c => c.lmsw(ax)])
        {
            trap = _guest.RunToTrap(privileged, user: true);
            Assert.Equal((Protection, 0u, Code, UserCode), (trap.Vector, trap.ErrorCode!.Value, trap.InstructionPointer, trap.Code));
        }
    }

    [Fact]
    public void Gates_that_are_absent_beyond_the_limit_or_broken_fault()
    {
        _guest.SetGate(0x55, Stubs, present: false);
        Assert.Equal((NotPresent, 0x55u * 8 + 2), _guest.RunToTrap(c => c.@int(0x55)) is var absent ? (absent.Vector, absent.ErrorCode!.Value) : default);
        _guest.Change(state => state.InterruptDescriptorTable = new TableState(Idt, 0x7F8));       // gate 7Fh is cut off
        Assert.Equal((Protection, 0x7Fu * 8 + 2), _guest.RunToTrap(c => c.@int(0x7F)) is var beyond ? (beyond.Vector, beyond.ErrorCode!.Value) : default);
        _guest.WriteWords(Idt + 0x56 * 16, 0x0000_8500_0008_0000, 0);                              // a task gate, which 64-bit mode has not
        Assert.Equal((Protection, 0x56u * 8 + 2), _guest.RunToTrap(c => c.@int(0x56)) is var task ? (task.Vector, task.ErrorCode!.Value) : default);
        _guest.WriteWords(Idt + 0x57 * 16, 0x0000_8E00_0010_4000, 0);                              // into a data segment
        Assert.Equal((Protection, 0x10u), _guest.RunToTrap(c => c.@int(0x57)) is var data ? (data.Vector, data.ErrorCode!.Value) : default);
    }

    [Fact]
    public void Interrupt_stack_table_gives_its_own_stack()
    {
        _guest.SetGate(InvalidOpcode, Stubs + 8 * InvalidOpcode, stack: 1);
        var trap = _guest.RunToTrap(c => c.ud2());
        Assert.Equal((InvalidOpcode, TinyGuest.StackTop, AlternateStack - 40), (trap.Vector, trap.StackPointer, trap.HandlerStack));
        trap = _guest.RunToTrap(c => c.ud2(), user: true);
        Assert.Equal((InvalidOpcode, TinyGuest.StackTop, AlternateStack - 40), (trap.Vector, trap.StackPointer, trap.HandlerStack));
    }

    [Fact]
    public void Fault_while_a_fault_is_delivered_is_a_double_fault_and_then_the_end()
    {
        _guest.SetGate(DoubleFault, Stubs + 8 * DoubleFault, stack: 1);
        _guest.WriteWords(EntryOf(SmallPages + 0x3000), 0);
        _guest.Change(_ => { });
        _guest.Load(c => { c.mov(rbx, SmallPages + 0x3800); c.mov(rsp, rbx); c.mov(al, __byte_ptr[rbx]); });
        _guest.Continue(Code);
        var trap = _guest.RunToTrap();
        Assert.Equal((DoubleFault, 0u), (trap.Vector, trap.ErrorCode!.Value));
        Assert.Equal(SmallPages + 0x3800, trap.StackPointer);

        // Without a stack of its own the double fault has none either.
        _guest.SetGate(DoubleFault, Stubs + 8 * DoubleFault);
        _guest.Continue(Code);
        var exit = _guest.Tiny.Run();
        Assert.Equal(ExitReason.Shutdown, exit.Reason);
        // Which faults they were only a backend can tell that delivers them itself.
        if (exit.Detail is not null) Assert.Contains("#14(0) #8(0) #14(2)", exit.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Benign_fault_in_front_of_a_page_fault_is_no_double_fault()
    {
        _guest.WriteWords(EntryOf(SmallPages + 0x3000), 0);
        _guest.Change(_ => { });
        _guest.SetGate(InvalidOpcode, Stubs);
        _guest.SetGate(PageFault, Stubs + 8 * PageFault, stack: 1);
        var trap = _guest.RunToTrap(c => { c.mov(rbx, SmallPages + 0x3000 + 0x800); c.mov(rsp, rbx); c.ud2(); });
        Assert.Equal((PageFault, 2u), (trap.Vector, trap.ErrorCode!.Value));
    }

    [Fact]
    public void System_calls_go_in_and_out()
    {
        _guest.Change(state =>
        {
            state.Efer |= 1;
            state.Msrs[0xC000_0081] = 0x001B_0008ul << 32;      // STAR: user from 18h, kernel from 08h
            state.Msrs[0xC000_0082] = Code + 0x200;
            state.Msrs[0xC000_0084] = InterruptFlag | TrapFlag;
        });
        _guest.Load(c =>
        {
            c.mov(r8, rcx);
            c.mov(r9, r11);
            c.pushfq();                                         // the stack is still the user's
            c.pop(r10);
            c.mov(r12w, cs);
            c.mov(r13w, ss);
            c.sysretq();
        }, at: Code + 0x200);
        _guest.Load(c => { c.xor(r12d, r12d); c.xor(r13d, r13d); c.stc(); c.syscall(); c.int3(); });
        _guest.SetGate(Breakpoint, Stubs + 8 * Breakpoint, privilege: 3);
        _guest.Continue(Code, user: true);
        _guest.Change(state => state.Flags |= InterruptFlag);
        var trap = _guest.RunToTrap();
        Assert.Equal((Breakpoint, UserCode, UserData), (trap.Vector, trap.Code, trap.Stack));
        var state = _guest.State;
        Assert.Equal(trap.InstructionPointer - 1, state.Registers[8]);
        Assert.Equal(InterruptFlag | 1, state.Registers[9] & (InterruptFlag | 1));
        Assert.Equal(1ul, state.Registers[10] & (InterruptFlag | 1));
        Assert.Equal((KernelCode, KernelData), ((ushort)state.Registers[12], (ushort)state.Registers[13]));
        Assert.Equal(InterruptFlag | 1, trap.Flags & (InterruptFlag | 1));

        _guest.Change(state => state.Efer &= ~1ul);
        Assert.Equal(InvalidOpcode, _guest.RunToTrap(c => c.syscall(), user: true).Vector);
    }

    [Fact]
    public void Single_step_traps_behind_every_instruction()
    {
        _guest.Load(c => { c.inc(r15); c.mov(r14, __qword_ptr[rsp]); c.iretq(); }, at: Code + 0x300);
        _guest.SetGate(Debug, Code + 0x300);
        var state = _guest.RunToEnd(c =>
        {
            c.xor(r15d, r15d);
            c.xor(ecx, ecx);
            c.pushfq();
            c.or(__qword_ptr[rsp], (int)TrapFlag);
            c.popfq();                  // the next instruction is the first that traps
            c.nop();
            c.inc(rcx);
            c.inc(rcx);
            c.pushfq();
            c.and(__qword_ptr[rsp], ~(int)TrapFlag);
            c.popfq();                  // traps for the last time
            c.inc(rcx);
            c.@out(0xF4, al);
            c.hlt();
        });
        Assert.Equal(6ul, state.Registers[15]);
        Assert.Equal(3ul, state.Registers[1]);
        Assert.Equal(0x4000ul, state.DebugRegisters[4] & 0x4000);
    }

    [Fact]
    public void Single_step_of_an_interrupt_instruction_does_not_trap_in_its_handler()
    {
        _guest.Load(c => { c.mov(r14, r15); c.iretq(); }, at: Code + 0x380);
        _guest.SetGate(0x80, Code + 0x380);
        _guest.Load(c => { c.inc(r15); c.iretq(); }, at: Code + 0x300);
        _guest.SetGate(Debug, Code + 0x300);
        var state = _guest.RunToEnd(c =>
        {
            c.xor(r15d, r15d);
            c.pushfq();
            c.or(__qword_ptr[rsp], (int)TrapFlag);
            c.popfq();
            c.@int(0x80);
            c.nop();
            c.pushfq();
            c.and(__qword_ptr[rsp], ~(int)TrapFlag);
            c.popfq();
            c.@out(0xF4, al);
            c.hlt();
        });
        Assert.Equal(0ul, state.Registers[14]);
        Assert.Equal(4ul, state.Registers[15]);
    }

    [Fact]
    public void INT1_passes_a_gate_that_INT_n_does_not()
    {
        Assert.Equal((Debug, Code + 1), _guest.RunToTrap(c => c.int1(), user: true) is var trap ? (trap.Vector, trap.InstructionPointer) : default);
        Assert.Equal(Protection, _guest.RunToTrap(c => c.@int(1), user: true).Vector);
        Assert.Equal(Protection, _guest.RunToTrap(c => c.int3(), user: true).Vector);
    }

    [Fact]
    public void Single_step_sees_each_round_of_a_repeated_instruction()
    {
        _guest.Load(c => { c.inc(r15); c.iretq(); }, at: Code + 0x300);
        _guest.SetGate(Debug, Code + 0x300);
        var state = _guest.RunToEnd(c =>
        {
            c.xor(r15d, r15d);
            c.mov(rdi, SmallPages);
            c.mov(ecx, 5);
            c.pushfq();
            c.pushfq();
            c.or(__qword_ptr[rsp], (int)TrapFlag);
            c.popfq();
            c.rep.stosb();              // five traps
            c.popfq();                  // one
            c.@out(0xF4, al);
            c.hlt();
        });
        Assert.Equal(6ul, state.Registers[15]);
        Assert.Equal(SmallPages + 5, state.Registers[7]);
    }

    [Fact]
    public void STI_lets_one_more_instruction_pass()
    {
        _guest.EnableApic();
        _guest.Interrupt(0x66);
        var trap = _guest.RunToTrap(c => { c.nop(); c.sti(); c.mov(eax, 0x1234_5678); c.nop(); c.nop(); });
        Assert.Equal((0x66, Code + 7), (trap.Vector, trap.InstructionPointer));
        Assert.Equal(InterruptFlag, trap.Flags & InterruptFlag);
        Assert.Equal(0ul, _guest.State.Flags & InterruptFlag);
        _guest.EndInterrupts();

        // STI; HLT does not miss what waits.
        _guest.Interrupt(0x66);
        trap = _guest.RunToTrap(c => { c.sti(); c.hlt(); c.nop(); });
        Assert.Equal((0x66, Code + 2), (trap.Vector, trap.InstructionPointer));
        _guest.EndInterrupts();

        // STI; CLI gives no room at all.
        _guest.Interrupt(0x66);
        _guest.RunToEnd(c => { c.cli(); c.sti(); c.cli(); c.nop(); c.nop(); c.@out(0xF4, al); c.hlt(); });
    }

    [Fact]
    public void Load_of_SS_lets_one_more_instruction_pass()
    {
        _guest.EnableApic();
        _guest.MapApic();
        var trap = _guest.RunToTrap(c =>
        {
            c.mov(rbx, 0xFEE0_0300ul);
            c.mov(ecx, KernelData);
            c.mov(edx, 0x4_0066);
            c.sti();
            c.nop();
            c.mov(ss, ecx);
            c.mov(__dword_ptr[rbx], edx);       // in the shadow; the interrupt that it sends comes behind it
            c.nop();
            c.nop();
        });
        Assert.Equal(0x66, trap.Vector);
        ulong afterStore = trap.InstructionPointer;
        _guest.EndInterrupts();
        trap = _guest.RunToTrap(c =>
        {
            c.mov(rbx, 0xFEE0_0300ul);
            c.mov(ecx, KernelData);
            c.mov(edx, 0x4_0066);
            c.sti();
            c.nop();
            c.cli();
            c.mov(__dword_ptr[rbx], edx);
            c.sti();
            c.mov(ss, ecx);                     // in STI's shadow, and makes one of its own
            c.nop();
            c.nop();
        });
        Assert.Equal(0x66, trap.Vector);
        Assert.True(trap.InstructionPointer > afterStore);
    }

    // Maps the pages around the local APIC: entry 3 of the directory pointers.
    [Fact]
    public void Interrupt_gate_masks_and_trap_gate_does_not()
    {
        _guest.SetGate(0x40, Stubs + 8 * 0x40, trap: true);
        _guest.Load(c => c.@int(0x40));
        _guest.Continue(Code);
        _guest.Change(state => state.Flags |= InterruptFlag);
        _guest.RunToTrap();
        Assert.Equal(InterruptFlag, _guest.State.Flags & InterruptFlag);
        _guest.SetGate(0x40, Stubs + 8 * 0x40);
        _guest.Continue(Code);
        _guest.Change(state => state.Flags |= InterruptFlag);
        _guest.RunToTrap();
        Assert.Equal(0ul, _guest.State.Flags & InterruptFlag);
    }

    [Fact]
    public void NMI_comes_with_interrupts_off_and_not_again_before_IRET()
    {
        _guest.Load(c => { c.nop(); c.nop(); c.@out(0xF4, al); c.hlt(); });
        _guest.Continue(Code);
        _guest.InterruptNonMaskable();
        Assert.Equal(2, _guest.RunToTrap().Vector);
        Assert.True(_guest.State.NmiBlocked);
        _guest.InterruptNonMaskable();
        _guest.RunToEnd(c => { c.nop(); c.nop(); c.@out(0xF4, al); c.hlt(); });
        Assert.True(_guest.State.NmiPending);
        var trap = _guest.RunToTrap(c =>
        {
            var target = c.CreateLabel();
            c.mov(rax, rsp);
            c.push(KernelData);
            c.push(rax);
            c.pushfq();
            c.push(KernelCode);
            c.lea(rax, __[target]);
            c.push(rax);
            c.iretq();
            c.ud2();
            c.Label(ref target);
            c.nop();
        });
        Assert.Equal(2, trap.Vector);
    }

    [Fact]
    public void IRET_to_nonsense_faults_in_the_kernel()
    {
        void Return(Iced.Intel.Assembler c, int stack, int code, ulong target)
        {
            c.push(stack);
            c.push(0x7000);
            c.pushfq();
            c.push(code);
            c.mov(rax, target);
            c.push(rax);
            c.iretq();
        }
        Assert.Equal((Protection, 0u), Codes(_guest.RunToTrap(c => Return(c, UserData, 0, Code))));
        Assert.Equal((Protection, 0x10u), Codes(_guest.RunToTrap(c => Return(c, UserData, KernelData, Code))));
        Assert.Equal((Protection, 0x50u), Codes(_guest.RunToTrap(c => Return(c, UserData, 0x50, Code))));
        Assert.Equal((Protection, 0u), Codes(_guest.RunToTrap(c => Return(c, UserData, UserCode, 0x8000_0000_0000_0000))));
        Assert.Equal((Protection, 0x10u), Codes(_guest.RunToTrap(c => Return(c, KernelData, UserCode, Code))));

        static (byte, uint) Codes(TrapFrame trap) => (trap.Vector, trap.ErrorCode ?? uint.MaxValue);
    }

    [Fact]
    public void User_in_compatibility_mode_is_served_by_the_64_bit_kernel()
    {
        _guest.Load(c => { c.mov(eax, 0x1234_5678); c.inc(eax); c.@int(3); }, at: Code + 0x400, bits: 32);
        _guest.SetGate(Breakpoint, Stubs + 8 * Breakpoint, privilege: 3);
        var trap = _guest.RunToTrap(c =>
        {
            c.push(UserData);
            c.push(0x7000);
            c.pushfq();
            c.push(UserCode32);
            c.push((int)Code + 0x400);
            c.iretq();
        });
        Assert.Equal((Breakpoint, UserCode32), (trap.Vector, trap.Code));
        Assert.Equal(0x1234_5679ul & ~0xFFul, _guest.State.Registers[0] & ~0xFFul);
    }

    [Fact]
    public void Code_changed_by_another_processor_is_seen()
    {
        using var two = new TrapGuest(TBackend.Hypervisor, processors: 2);
        // The first calls a function over and over; the second changes the number that the function gives.
        const ulong function = Code + 0x800, seen = SmallPages, stop = SmallPages + 64;
        two.Load(c =>
        {
            var again = c.CreateLabel();
            c.mov(rbx, seen);
            c.mov(rdx, function);
            c.Label(ref again);
            c.call(rdx);
            c.mov(__qword_ptr[rbx], rax);
            c.cmp(__dword_ptr[rbx + 64], 0);
            c.je(again);
            c.@out(0xF4, al);
            c.hlt();
        });
        two.Load(c => { c.mov(eax, 0); c.ret(); }, at: function);
        two.Load(c =>
        {
            var next = c.CreateLabel();
            var wait = c.CreateLabel();
            c.mov(rbx, seen);
            c.mov(rdx, function);
            c.xor(ecx, ecx);
            c.Label(ref next);
            c.inc(ecx);
            c.mov(__dword_ptr[rdx + 1], ecx);
            c.Label(ref wait);
            c.pause();
            c.cmp(__dword_ptr[rbx], ecx);
            c.jne(wait);
            c.cmp(ecx, 300);
            c.jb(next);
            c.mov(__dword_ptr[rbx + 64], 1);
            c.hlt();
        }, at: Code + 0x400);
        two.WriteWords(seen, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        two.Continue(Code);
        var other = two.Tiny.Partition.Processors[1];
        var state = two.State;
        state.InstructionPointer = Code + 0x400;
        state.Registers[4] = AlternateStack;
        other.SetState(state);
        using var running = new RunningProcessor(other);
        Assert.Equal(ExitReason.Canceled, two.Tiny.Run().Reason);
        Assert.Equal((300ul, 1ul), (two.Word(seen), two.Word(stop)));
    }

    [Fact]
    public void Locked_counts_of_all_processors_add_up()
    {
        using var four = new TrapGuest(TBackend.Hypervisor, processors: 4);
        const ulong counter = SmallPages + 0xFFC, pair = SmallPages + 0x2000;      // the first crosses a page
        four.WriteWords(counter, 0);
        four.WriteWords(pair, 0, 0);
        four.Load(c =>
        {
            var again = c.CreateLabel();
            var retry = c.CreateLabel();
            c.mov(rsi, counter);
            c.mov(rdi, pair);
            c.mov(r8d, 3000);
            c.Label(ref again);
            c.@lock.inc(__qword_ptr[rsi]);
            c.mov(rax, __qword_ptr[rdi]);
            c.mov(rdx, __qword_ptr[rdi + 8]);
            c.Label(ref retry);
            c.lea(rbx, __[rax + 1]);
            c.lea(rcx, __[rdx + 3]);
            c.@lock.cmpxchg16b(__xmmword_ptr[rdi]);
            c.jne(retry);
            c.dec(r8d);
            c.jnz(again);
            c.hlt();
        });
        four.Continue(Code);
        var state = four.State;
        Thread[] threads = [.. four.Tiny.Partition.Processors.Select(processor =>
        {
            processor.SetState(state);
            return new Thread(() => processor.Run());
        })];
        foreach (var thread in threads) thread.Start();
        bool done = SpinWait.SpinUntil(() => four.Word(counter) == 12_000 && four.Word(pair) == 12_000, TimeSpan.FromSeconds(60));
        foreach (var processor in four.Tiny.Partition.Processors) processor.Kick();
        foreach (var thread in threads) thread.Join();
        Assert.True(done, $"{four.Word(counter)} and {four.Word(pair)} of 12000");
        Assert.Equal(36_000ul, four.Word(pair + 8));
    }

    [Fact]
    public void Locked_counts_add_up_while_pages_are_watched()
    {
        using var two = new TrapGuest(TBackend.Hypervisor, processors: 2);
        const ulong counter = SmallPages + 0x4000;
        const int rounds = 400_000;
        two.WriteWords(counter, 0, 0);
        two.Load(c =>
        {
            var again = c.CreateLabel();
            c.mov(rsi, counter);
            c.mov(r8d, rounds);
            c.Label(ref again);
            c.@lock.inc(__qword_ptr[rsi]);
            c.mov(__qword_ptr[rsi + 64], r8);           // an ordinary store ends the watch over the page
            c.dec(r8d);
            c.jnz(again);
            c.@lock.inc(__qword_ptr[rsi + 8]);
            c.hlt();
        });
        two.Continue(Code);
        var state = two.State;
        Thread[] threads = [.. two.Tiny.Partition.Processors.Select(processor =>
        {
            processor.SetState(state);
            return new Thread(() => processor.Run());
        })];
        two.Tiny.Partition.StartDirtyTracking();
        var bitmap = new ulong[two.Tiny.Memory.Size / 4096 / 64];
        foreach (var thread in threads) thread.Start();
        var limit = System.Diagnostics.Stopwatch.StartNew();
        while (two.Word(counter + 8) != 2 && limit.Elapsed < TimeSpan.FromSeconds(60)) two.Tiny.Partition.CollectDirty(bitmap);
        two.Tiny.Partition.StopDirtyTracking();
        foreach (var processor in two.Tiny.Partition.Processors) processor.Kick();
        foreach (var thread in threads) thread.Join();
        Assert.Equal(2ul, two.Word(counter + 8));
        Assert.Equal(2ul * rounds, two.Word(counter));
    }

    [Fact]
    public void NMI_that_comes_in_an_interrupt_shadow_is_taken_behind_it()
    {
        _guest.Load(c => { c.nop(); c.nop(); c.@out(0xF4, al); c.hlt(); });
        _guest.Continue(Code);
        _guest.Change(state => { state.InterruptShadow = true; state.NmiPending = true; });
        var trap = _guest.RunToTrap();
        Assert.Equal((2, Code + 1), (trap.Vector, trap.InstructionPointer));
    }

    [Fact]
    public void Single_step_of_HLT_wakes_the_processor()
    {
        _guest.Load(c => { c.mov(r14, __qword_ptr[rsp]); c.@out(0xF4, al); c.hlt(); }, at: Code + 0x300);
        _guest.SetGate(Debug, Code + 0x300);
        var state = _guest.RunToEnd(c =>
        {
            c.pushfq();
            c.or(__qword_ptr[rsp], (int)TrapFlag);
            c.popfq();
            c.hlt();
        });
        Assert.Equal(Code + 11, state.Registers[14]);
    }

    [Fact]
    public void Single_step_waits_for_the_instruction_behind_a_load_of_SS()
    {
        _guest.Load(c => { c.inc(r15); c.iretq(); }, at: Code + 0x300);
        _guest.SetGate(Debug, Code + 0x300);
        var state = _guest.RunToEnd(c =>
        {
            c.xor(r15d, r15d);
            c.mov(eax, KernelData);
            c.pushfq();
            c.pushfq();
            c.or(__qword_ptr[rsp], (int)TrapFlag);
            c.popfq();
            c.mov(ss, ax);              // holds the trap back
            c.nop();
            c.popfq();
            c.@out(0xF4, al);
            c.hlt();
        });
        Assert.Equal(2ul, state.Registers[15]);
    }

    [Fact]
    public void Single_step_of_a_system_call_traps_as_the_flags_it_leaves_say()
    {
        const ulong list = SmallPages + 0x5000;
        _guest.Change(state =>
        {
            state.Efer |= 1;
            state.Msrs[0xC000_0081] = 0x001B_0008ul << 32;
            state.Msrs[0xC000_0082] = Code + 0x200;
            state.Msrs[0xC000_0084] = InterruptFlag | TrapFlag;
        });
        _guest.Load(c => { c.nop(); c.sysretq(); }, at: Code + 0x200);
        _guest.Load(c => { c.mov(rax, __qword_ptr[rsp]); c.mov(__qword_ptr[r13], rax); c.add(r13, 8); c.iretq(); }, at: Code + 0x300);
        _guest.SetGate(Debug, Code + 0x300);
        _guest.SetGate(Breakpoint, Stubs + 8 * Breakpoint, privilege: 3);
        _guest.WriteWords(list, 0, 0, 0, 0, 0, 0, 0, 0);
        _guest.Load(c =>
        {
            c.pushfq();
            c.or(__qword_ptr[rsp], (int)TrapFlag);
            c.popfq();
            c.nop();                                    // 10
            c.syscall();                                // 11
            c.pushfq();                                 // 13
            c.and(__qword_ptr[rsp], ~(int)TrapFlag);
            c.popfq();                                  // 22
            c.int3();
        });
        _guest.Continue(Code, user: true);
        _guest.Change(state => state.Registers[13] = list);
        Assert.Equal(Breakpoint, _guest.RunToTrap().Vector);
        // SYSCALL takes TF away and does not trap; SYSRET brings it back and traps at once.
        Assert.Equal([Code + 11, Code + 13, Code + 14, Code + 22, Code + 23, 0ul],
            Enumerable.Range(0, 6).Select(i => _guest.Word(list + 8 * (ulong)i)));
    }

    [Theory]
    [InlineData(0xC000_0103)]       // TSC_AUX
    [InlineData(0xC000_0084)]       // SFMASK
    [InlineData(0xC000_0082)]       // LSTAR, by a non-canonical address
    [InlineData(0xC000_0080)]       // EFER, by a reserved bit
    [InlineData(0xC000_0100)]       // FS.base
    [InlineData(0x277)]             // PAT, by a type that does not exist
    public void Value_that_a_register_refuses_does_not_change_it(uint msr)
    {
        Action<Iced.Intel.Assembler> read = c => { c.mov(ecx, (int)msr); c.rdmsr(); c.@out(0xF4, al); c.hlt(); };
        var before = _guest.RunToEnd(read);
        var trap = _guest.RunToTrap(c => { c.mov(ecx, (int)msr); c.mov(eax, 0x0302_1005); c.mov(edx, 0x0102_0304); c.wrmsr(); });
        Assert.Equal((Protection, 0u), (trap.Vector, trap.ErrorCode!.Value));
        var after = _guest.RunToEnd(read);
        Assert.Equal((before.Registers[0], before.Registers[2]), (after.Registers[0], after.Registers[2]));
    }

    [Theory]
    [InlineData(new byte[] { 0xF3, 0x48, 0x0F, 0x1E, 0xC8 })]              // RDSSPQ RAX
    [InlineData(new byte[] { 0x66, 0x90, 0x0F, 0x1A, 0x00 })]              // a bound check of MPX
    [InlineData(new byte[] { 0x90, 0x90, 0x0F, 0x0D, 0x10 })]              // PREFETCHWT1
    [InlineData(new byte[] { 0x90, 0x90, 0x0F, 0x1C, 0x00 })]              // CLDEMOTE
    [InlineData(new byte[] { 0x90, 0x90, 0xF3, 0x0F, 0x09 })]              // WBNOINVD, which is WBINVD elsewhere
    public void Instructions_in_the_space_of_hints_do_nothing_where_they_are_not_known(params byte[] bytes)
    {
        var state = _guest.RunToEnd(c =>
        {
            c.mov(eax, 0x1234);
            c.db(bytes[0], bytes[1], bytes[2], bytes[3], bytes[4]);
            c.@out(0xF4, al);
            c.hlt();
        });
        Assert.Equal(0x1234ul, state.Registers[0]);
    }

    [Fact]
    public void Extended_numbers_of_control_and_debug_registers_are_invalid()
    {
        foreach (byte modrm in (byte[])[0xC0, 0xC8, 0xF8])
        {
            Assert.Equal(InvalidOpcode, _guest.RunToTrap(c => c.db(0x44, 0x0F, 0x23, modrm)).Vector);      // mov dr8, rax …
            Assert.Equal(InvalidOpcode, _guest.RunToTrap(c => c.db(0x44, 0x0F, 0x21, modrm)).Vector);
        }
        Assert.Equal(InvalidOpcode, _guest.RunToTrap(c => c.db(0x44, 0x0F, 0x22, 0xC8)).Vector);           // mov cr9, rax
    }
}
