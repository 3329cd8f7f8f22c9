using VirtEngine.Hypervisors;
using VirtEngine.Hypervisors.Whp;
using VirtEngine.Hypervisors.Whp.Interop;
using VirtEngine.Tests.Emulation;
using static Iced.Intel.AssemblerRegisters;
using static VirtEngine.Hypervisors.Whp.Interop.WHV_REGISTER_NAME;
using static VirtEngine.Hypervisors.Whp.Interop.WHV_RUN_VP_EXIT_REASON;

namespace VirtEngine.Tests.Whp;

/// <summary>The exit loop over exits as the platform gives them, byte for byte, and over what others have met of it.</summary>
public sealed unsafe class WhpProcessorTests : IDisposable
{
    private const ulong InterruptFlag = 0x200, Lint0 = 0x700, ApicBase = 0xFEE0_0900;

    private readonly EmulatedGuest _guest = new();
    private readonly ScriptedWinHvPartition _native = new();
    private readonly WhpPartition _partition;

    public WhpProcessorTests()
    {
        _partition = new WhpPartition(_guest.Options, FakeWinHvPartition.Host, _native);
        _native.Registers[WHvX64RegisterApicBase] = new() { Reg64 = ApicBase };
    }

    public void Dispose()
    {
        _partition.Dispose();
        _guest.Dispose();
    }

    private IVirtualProcessor Processor => _partition.Processors[0];

    private ulong Register(WHV_REGISTER_NAME name) => _native.Registers[name].Reg64;

    /// <summary>Runs end one after the other; behind the last one the processor is kicked.</summary>
    private Exit Run(params ScriptedRun[] runs)
    {
        int next = 0;
        _native.Script = exit =>
        {
            if (next == runs.Length)
            {
                Processor.Kick();
                exit->ExitReason = WHvRunVpExitReasonCanceled;
                return;
            }
            runs[next++](exit);
        };
        return Processor.Run();
    }

    private void Enter(Action<Iced.Intel.Assembler> code)
    {
        var state = _guest.Prepare(64, 1, code);
        (state.Registers[7], state.Registers[0]) = (EmulatedGuest.Device, 0x1234_5678);
        Processor.SetState(state);
    }

    [Fact]
    public void Configuration_comes_before_the_setup_and_processors_behind_memory()
    {
        int setup = _native.Calls.IndexOf("setup");
        Assert.All(_native.Calls[..setup], call => Assert.StartsWith("WHvPartitionPropertyCode", call, StringComparison.Ordinal));
        Assert.Equal(6, setup);
        Assert.Equal([$"map 0 {EmulatedGuest.Size:x} 7", "suspend", "create 0", "resume"], _native.Calls[(setup + 1)..]);
        _partition.Dispose();
        Assert.Equal(["delete 0", "dispose"], _native.Calls[^2..]);
    }

    [Fact]
    public void First_processor_hears_the_8259s_from_the_beginning() => Assert.Equal(Lint0, Register(WHvX64RegisterApicLvtLint0));

    [Theory]
    [InlineData(false, 1, 0xFFFF_FFFF_FFFF_FF00ul, 0)]
    [InlineData(false, 2, 0xFFFF_FFFF_FFFF_0000ul, 0)]
    [InlineData(false, 4, 0ul, 0)]
    [InlineData(true, 1, ulong.MaxValue, 0xFF)]
    [InlineData(true, 2, ulong.MaxValue, 0xFFFF)]
    [InlineData(true, 4, ulong.MaxValue, 0xFFFF_FFFF)]
    public void Port_access_is_answered_in_its_size_and_the_instruction_is_behind_it(bool write, int size, ulong kept, uint written)
    {
        Run(exit =>
        {
            exit->ExitReason = WHvRunVpExitReasonX64IoPortAccess;
            (exit->VpContext.Rip, exit->VpContext.LengthAndCr8, exit->VpContext.Cs.Attributes) = (0x1_0000_0FFF, 0xF2, 0xA09B);
            exit->IoPortAccess.AccessInfo = (write ? 1u : 0) | (uint)size << 1;
            (exit->IoPortAccess.PortNumber, exit->IoPortAccess.Rax) = (0x60, ulong.MaxValue);
        });
        Assert.Equal(write ? $"out 60 {size} {written:x}" : $"in 60 {size}", Assert.Single(_guest.Bus.Log));
        ulong answered = size == 4 ? uint.MaxValue : (1ul << 8 * size) - 1;
        Assert.Equal(kept, write ? Register(WHvX64RegisterRax) : Register(WHvX64RegisterRax) & ~answered);
        Assert.Equal(0x1_0000_1001ul, Register(WHvX64RegisterRip));
        Assert.Equal(1, Processor.Counters.PortAccesses);
    }

    [Theory]
    [InlineData(0x9B, 0x0001)]
    [InlineData(0xC09B, 0x1_0001)]
    [InlineData(0xA09B, 0x1_0001)]
    public void Instruction_pointer_wraps_as_the_code_segment_says(int attributes, ulong next)
    {
        Run(exit =>
        {
            exit->ExitReason = WHvRunVpExitReasonX64IoPortAccess;
            (exit->VpContext.Rip, exit->VpContext.LengthAndCr8, exit->VpContext.Cs.Attributes) = (0xFFFF, 2, (ushort)attributes);
            exit->IoPortAccess.AccessInfo = 1 | 1 << 1;
        });
        Assert.Equal(next, Register(WHvX64RegisterRip));
    }

    [Fact]
    public void Access_to_a_device_is_completed_by_the_emulator()
    {
        Enter(a => a.mov(__[rdi + 8], eax));
        Run(exit =>
        {
            exit->ExitReason = WHvRunVpExitReasonMemoryAccess;
            (exit->MemoryAccess.Gpa, exit->MemoryAccess.AccessInfo) = (EmulatedGuest.Device + 8, 1);
        });
        Assert.Equal($"store {EmulatedGuest.Device + 8:x} 4 12345678", Assert.Single(_guest.Bus.Log));
        Assert.Equal(EmulatedGuest.Code + 3ul, Register(WHvX64RegisterRip));
        Assert.Equal(1, Processor.Counters.MmioAccesses);
    }

    [Fact]
    public void Vector_registers_go_through_the_XSAVE_area_and_the_rest_of_it_stays()
    {
        _native.Xsave = new byte[1088];
        _native.Xsave.AsSpan(576).Fill(0xAB);           // AVX
        BitConverter.TryWriteBytes(_native.Xsave.AsSpan(512), 7ul);
        BitConverter.TryWriteBytes(_native.Xsave.AsSpan(520), 1ul << 63 | 7);
        Enter(a => a.movups(xmm2, __xmmword_ptr[rdi]));
        byte[] before = [.. _native.Xsave];
        Run(static exit => exit->ExitReason = WHvRunVpExitReasonMemoryAccess);
        Assert.Equal(2, _guest.Bus.Log.Count);
        Assert.Equal(Convert.ToHexString(before, 0, 192), Convert.ToHexString(_native.Xsave, 0, 192));
        Assert.NotEqual(before[192..208], _native.Xsave[192..208]);
        Assert.Equal(Convert.ToHexString(before, 208, 880), Convert.ToHexString(_native.Xsave, 208, 880));
    }

    [Fact]
    public void Fault_of_an_access_is_injected_and_the_instruction_stays()
    {
        Enter(a => a.mov(__[rdi], eax));
        _native.Registers[WHvX64RegisterRdi] = new() { Reg64 = EmulatedGuest.Absent };
        Run(static exit => exit->ExitReason = WHvRunVpExitReasonMemoryAccess);
        var injected = _native.Registers[WHvRegisterPendingEvent];
        Assert.Equal((1ul | 1 << 8 | 14 << 16 | 2ul << 32, (ulong)EmulatedGuest.Absent), (injected.Reg64, injected.High64));
        Assert.Equal((EmulatedGuest.Absent, EmulatedGuest.Code), (Register(WHvX64RegisterCr2), Register(WHvX64RegisterRip)));
    }

    [Fact]
    public void Access_that_is_labelled_canceled_is_completed_all_the_same()
    {
        Enter(a => a.mov(__[rdi], eax));
        Run(static exit => exit->ExitReason = WHvRunVpExitReasonCanceled);
        Assert.Single(_guest.Bus.Log);
        Assert.Equal(EmulatedGuest.Code + 2ul, Register(WHvX64RegisterRip));
    }

    [Fact]
    public void Canceled_run_that_was_canceled_executes_nothing()
    {
        Enter(a => a.mov(__[rdi], eax));
        Assert.Equal(new Exit(ExitReason.Canceled, EmulatedGuest.Code), Run());
        Assert.Empty(_guest.Bus.Log);
        Assert.Equal((1, 0), _native.Cancels);
    }

    [Fact]
    public void Cancel_that_comes_when_the_run_has_ended_is_the_next_ones_and_executes_nothing()
    {
        Enter(a => a.mov(__[rdi], eax));
        // The run ends for an end of interrupt, and the kick finds the processor still inside: the platform keeps the cancel.
        var exit = Run(exit =>
        {
            Processor.Kick();
            exit->ExitReason = WHvRunVpExitReasonX64ApicEoi;
        });
        Assert.Equal((ExitReason.Canceled, 1), (exit.Reason, _native.Runs));
        Run(static exit => exit->ExitReason = WHvRunVpExitReasonCanceled);
        Assert.Empty(_guest.Bus.Log);
        Assert.Equal(3, _native.Runs);
    }

    [Fact]
    public void Kick_between_runs_enters_no_guest_and_cancels_nothing()
    {
        Processor.Kick();
        Processor.Kick();
        Assert.Equal(ExitReason.Canceled, Processor.Run().Reason);
        Assert.Equal((0, (0, 0)), (_native.Runs, _native.Cancels));
        Run();
        Assert.Equal(1, _native.Runs);
    }

    [Fact]
    public void Kicks_from_another_thread_are_never_lost_and_cancel_only_inside()
    {
        using var inside = new SemaphoreSlim(0);
        bool stop = false;
        _native.Script = exit =>
        {
            // A guest that runs until it is canceled, and one that leaves by itself all the time.
            int cancels = _native.Cancels.Inside;
            for (int i = 0; i < 50 && _native.Cancels.Inside == cancels; i++) Thread.SpinWait(20);
            exit->ExitReason = _native.Cancels.Inside != cancels ? WHvRunVpExitReasonCanceled : WHvRunVpExitReasonX64ApicEoi;
        };
        var kicker = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                Processor.Kick();
                inside.Wait(10_000);
            }
        });
        kicker.Start();
        for (int i = 0; i < 5000; i++)
        {
            Assert.Equal(ExitReason.Canceled, Processor.Run().Reason);
            inside.Release();
        }
        Volatile.Write(ref stop, true);
        inside.Release();
        kicker.Join();
        Assert.Empty(_guest.Bus.Log);
    }

    [Fact]
    public void End_of_a_level_triggered_interrupt_reaches_the_io_apics()
    {
        var ended = new List<byte>();
        _partition.EndOfInterrupt += ended.Add;
        Run(static exit => (exit->ExitReason, exit->ApicEoi) = (WHvRunVpExitReasonX64ApicEoi, 0x71));
        Assert.Equal([0x71], ended);
    }

    [Fact]
    public void Interrupt_of_the_8259s_waits_for_its_window_and_is_acknowledged_once()
    {
        int acknowledged = 0;
        _partition.SetExternalInterrupt(true, Acknowledge);
        Run(
            exit =>
            {
                Assert.Equal(2ul, Register(WHvX64RegisterDeliverabilityNotifications));
                Assert.Equal(0, acknowledged);
                exit->ExitReason = WHvRunVpExitReasonX64InterruptWindow;
            },
            exit => exit->ExitReason = WHvRunVpExitReasonNone);
        Assert.Equal((1, 1ul | 5 << 1 | 0x38 << 8), (acknowledged, Register(WHvRegisterPendingEvent)));

        byte Acknowledge()
        {
            acknowledged++;
            _partition.SetExternalInterrupt(false, Acknowledge);
            return 0x38;
        }
    }

    [Fact]
    public void Interrupt_of_the_8259s_wakes_a_processor_from_halt()
    {
        int acknowledged = 0;
        Run(
            exit =>
            {
                exit->ExitReason = WHvRunVpExitReasonX64Halt;
                exit->VpContext.Rflags = InterruptFlag;
                _native.Registers[WHvX64RegisterRflags] = new() { Reg64 = InterruptFlag };
                _partition.SetExternalInterrupt(true, Acknowledge);
            },
            exit =>
            {
                // It must not sleep on, and the event must be in.
                Assert.Equal(0ul, Register(WHvRegisterInternalActivityState));
                Assert.Equal(1ul | 5 << 1 | 0x38 << 8, Register(WHvRegisterPendingEvent));
            });
        Assert.Equal((1, 1), (acknowledged, Processor.Counters.Halts));

        byte Acknowledge()
        {
            acknowledged++;
            _partition.SetExternalInterrupt(false, Acknowledge);
            return 0x38;
        }
    }

    [Theory]
    [InlineData(0x1_0700, ApicBase)]     // masked
    [InlineData(0x0400, ApicBase)]       // an NMI
    public void Interrupt_of_the_8259s_does_not_pass_a_LINT0_that_is_not_theirs(ulong lint0, ulong apicBase)
    {
        _native.Registers[WHvX64RegisterApicLvtLint0] = new() { Reg64 = lint0 };
        _native.Registers[WHvX64RegisterApicBase] = new() { Reg64 = apicBase };
        _partition.SetExternalInterrupt(true, () => throw new InvalidOperationException("acknowledged"));
        Run(static exit => exit->ExitReason = WHvRunVpExitReasonNone);
        Assert.False(_native.Registers.ContainsKey(WHvX64RegisterDeliverabilityNotifications));
    }

    [Fact]
    public void Halt_puts_the_processor_to_sleep_in_the_platform()
    {
        Run(
            static exit => (exit->ExitReason, exit->VpContext.Rflags) = (WHvRunVpExitReasonX64Halt, InterruptFlag),
            exit => Assert.Equal(2ul, Register(WHvRegisterInternalActivityState)));
        Assert.Equal(ProcessorActivity.Halted, Processor.GetState().Activity);
    }

    [Fact]
    public void Constant_register_is_read_and_another_one_faults()
    {
        Run(static exit =>
        {
            exit->ExitReason = WHvRunVpExitReasonX64MsrAccess;
            (exit->VpContext.LengthAndCr8, exit->VpContext.Cs.Attributes, exit->VpContext.Rip) = (2, 0xA09B, 0x1000);
            exit->MsrAccess.MsrNumber = 0x8B; // microcode revision
        });
        Assert.Equal((0xFFul, 0ul, 0x1002ul), (Register(WHvX64RegisterRdx), Register(WHvX64RegisterRax), Register(WHvX64RegisterRip)));
        Run(static exit => (exit->ExitReason, exit->MsrAccess.MsrNumber) = (WHvRunVpExitReasonX64MsrAccess, 0xC001_0015));
        Assert.Equal(1ul | 1 << 8 | 13 << 16, Register(WHvRegisterPendingEvent));
        Assert.Equal(0x1002ul, Register(WHvX64RegisterRip));
        _native.Registers[WHvRegisterPendingEvent] = default;
        Run(static exit =>
        {
            exit->ExitReason = WHvRunVpExitReasonX64MsrAccess;
            exit->MsrAccess = new() { AccessInfo = 1, MsrNumber = 0x8B, Rax = 1 };
        });
        Assert.Equal(1ul | 1 << 8 | 13 << 16, Register(WHvRegisterPendingEvent));
    }

    [Fact]
    public void Leaves_that_differ_by_processor_and_subleaf_are_answered_one_by_one()
    {
        Run(static exit =>
        {
            exit->ExitReason = WHvRunVpExitReasonX64Cpuid;
            exit->CpuidAccess = new() { Rax = 0xB, Rcx = 1 };
        });
        Assert.Equal((1ul, 0x201ul), (Register(WHvX64RegisterRbx), Register(WHvX64RegisterRcx)));
        Assert.DoesNotContain(1u, _native.CpuidResults.Keys);
        Assert.DoesNotContain(0xBu, _native.CpuidResults.Keys);
        Assert.Equal(0u, _native.CpuidResults[0xD].Eax);                    // what the profile does not know is not the host's
        Assert.Equal(0x4000_0000u, _native.CpuidResults[0x4000_0000].Eax);
        Assert.Equal(0u, _native.CpuidResults[0x8000_0005].Eax);
    }

    [Theory]
    [InlineData(WHvRunVpExitReasonInvalidVpRegisterValue, "registers")]
    [InlineData(WHvRunVpExitReasonUnsupportedFeature, "WHvUnsupportedFeatureTaskSwitchTss")]
    [InlineData(WHvRunVpExitReasonException, "not asked for")]
    [InlineData((WHV_RUN_VP_EXIT_REASON)0x7777, "30583")]
    internal void Exit_that_ends_the_machine_says_why(WHV_RUN_VP_EXIT_REASON reason, string text)
    {
        var exit = Run(exit =>
        {
            (exit->ExitReason, exit->VpContext.Rip) = (reason, 0x1234);
            exit->UnsupportedFeature.FeatureCode = WHV_X64_UNSUPPORTED_FEATURE_CODE.WHvUnsupportedFeatureTaskSwitchTss;
        });
        Assert.Equal((ExitReason.Failed, 0x1234ul), (exit.Reason, exit.InstructionPointer));
        Assert.Contains(text, exit.Detail!, StringComparison.Ordinal);
    }

    [Fact]
    public void Call_that_the_platform_refuses_ends_the_machine_and_says_which()
    {
        var exit = Run(static _ => throw new WhpException("WHvRunVirtualProcessor", unchecked((int)0x8037_0308)));
        Assert.Equal((ExitReason.Failed, "WHvRunVirtualProcessor failed: the virtual processor is not in a state for this (0x80370308)."), (exit.Reason, exit.Detail));
        Assert.Equal(ExitReason.Canceled, Run().Reason);
    }

    [Fact]
    public void Processor_that_cannot_be_set_up_goes_before_its_partition()
    {
        var native = new ScriptedWinHvPartition();
        native.Unknown.Add(WHvX64RegisterTsc);
        var error = Assert.Throws<WhpException>(() => new WhpPartition(_guest.Options, FakeWinHvPartition.Host, native));
        Assert.Contains("WHvX64RegisterTsc", error.Message, StringComparison.Ordinal);
        Assert.Equal(["create 0", "delete 0", "dispose"], native.Calls[^3..]);
    }

    [Fact]
    public void Triple_fault_is_a_shutdown() =>
        Assert.Equal(ExitReason.Shutdown, Run(static exit => exit->ExitReason = WHvRunVpExitReasonUnrecoverableException).Reason);

    [Fact]
    public void Code_on_a_device_ends_the_machine()
    {
        var exit = Run(static exit =>
        {
            exit->ExitReason = WHvRunVpExitReasonMemoryAccess;
            (exit->MemoryAccess.Gpa, exit->MemoryAccess.AccessInfo) = (0xF000_0000, 2);
        });
        Assert.Equal(ExitReason.Failed, exit.Reason);
        Assert.Contains("0xf0000000", exit.Detail!, StringComparison.Ordinal);
    }

    [Fact]
    public void Interrupt_that_was_acknowledged_is_requested_again_in_a_state()
    {
        _native.InterruptController[0x100 + 0x30] = 1 << 1; // in service: 61H
        _native.Registers[WHvRegisterPendingInterruption] = new() { Reg64 = 1 | 0x61 << 16 };
        var state = Processor.GetState();
        Assert.Equal((0, 1 << 1), (state.LocalApic[0x130], state.LocalApic[0x230]));
    }

    [Fact]
    public void Registers_that_this_Windows_does_not_know_are_left_out()
    {
        foreach (var name in (WHV_REGISTER_NAME[])[WHvX64RegisterTscAdjust, WHvX64RegisterTscDeadline, WHvX64RegisterSpecCtrl]) _native.Unknown.Add(name);
        var state = Processor.GetState();
        Assert.DoesNotContain(0x3Bu, state.Msrs.Keys);
        state.Msrs[0x3B] = 5;
        Processor.SetState(state);
    }

    [Theory]
    [InlineData(0xFEE0_0000, 2 << 8)]           // SMI
    [InlineData(0xFEE0_0000, 7 << 8)]           // ExtINT
    [InlineData(0xFED0_0000, 0x55)]
    public void Message_that_no_local_APIC_takes_is_lost(ulong address, uint data)
    {
        _partition.SendMsi(address, data);
        Assert.Empty(_native.Interrupts);
    }

    [Fact]
    public void Paused_clocks_stand_and_are_set_before_they_go_on()
    {
        _partition.StopTime();
        _guest.Options.Clock.Pause();
        ulong stood = _partition.Tsc;
        _native.Registers[WHvX64RegisterTscAdjust] = new() { Reg64 = 1000 };
        _partition.StartTime();
        Assert.Equal(["suspend", "resume"], _native.Calls[^2..]);
        Assert.Equal(stood + 1000, Register(WHvX64RegisterTsc));
    }

    [Fact]
    public void Exits_allocate_nothing()
    {
        var bus = new SilentBus();
        var native = new ScriptedWinHvPartition();
        using var partition = new WhpPartition(_guest.Options with { Bus = bus }, FakeWinHvPartition.Host, native);
        var processor = partition.Processors[0];
        var state = _guest.Prepare(64, 1, a => a.mov(__[rdi], eax));
        state.Registers[7] = EmulatedGuest.Device;
        processor.SetState(state);
        int left = 0;
        native.Script = exit =>
        {
            if (left-- == 0)
            {
                processor.Kick();
                exit->ExitReason = WHvRunVpExitReasonCanceled;
                return;
            }
            exit->ExitReason = (left & 1) == 0 ? WHvRunVpExitReasonX64IoPortAccess : WHvRunVpExitReasonMemoryAccess;
            exit->VpContext.LengthAndCr8 = 2;
            if ((left & 1) == 0) exit->IoPortAccess.AccessInfo = 1 | 1 << 1;
            native.Registers[WHvX64RegisterRip] = new() { Reg64 = EmulatedGuest.Code };
        };
        for (int round = 0; round < 3; round++) Run(5000);
        Assert.Equal(0, Math.Min(Run(5000), Run(5000)));
        Assert.Equal(25_000, bus.Accesses);

        long Run(int exits)
        {
            left = exits;
            long before = GC.GetAllocatedBytesForCurrentThread();
            processor.Run();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}
