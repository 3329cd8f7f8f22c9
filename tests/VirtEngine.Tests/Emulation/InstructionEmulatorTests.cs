using VirtEngine.Hypervisors;
using VirtEngine.Hypervisors.Emulation;
using static Iced.Intel.AssemblerRegisters;

namespace VirtEngine.Tests.Emulation;

/// <summary>What the emulator makes of an instruction is what the software CPU makes of it: state, RAM and accesses of devices.</summary>
public sealed class InstructionEmulatorTests : IDisposable
{
    private const int Seeds = 25;

    private readonly EmulatedGuest _guest = new();

    public void Dispose() => _guest.Dispose();

    public static TheoryData<string> Names => [.. DeviceProgram.All.Select(program => program.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Instruction_at_a_time_is_the_program_at_once(string name)
    {
        var program = DeviceProgram.All.Single(one => one.Name == name);
        for (int seed = 0; seed < Seeds; seed++)
        {
            var whole = _guest.RunWhole(_guest.Prepare(program.Bits, seed, program.Code));
            string[] accesses = [.. _guest.Bus.Log];
            byte[] memory = _guest.Snapshot();

            var stepped = _guest.RunByInstruction(_guest.Prepare(program.Bits, seed, program.Code));

            Assert.Equal(accesses, _guest.Bus.Log);
            Assert.True(memory.AsSpan().SequenceEqual(_guest.Snapshot()), $"RAM differs with seed {seed}");
            AssertSame(whole, stepped);
        }
    }

    [Fact]
    public void Corpus_reaches_devices()
    {
        foreach (var program in DeviceProgram.All)
        {
            _guest.RunWhole(_guest.Prepare(program.Bits, 1, program.Code));
            Assert.True(_guest.Bus.Log.Count > 0 || program.Name is "rep movs in RAM" or "prefetch and flush" or "calls through the device's stack", program.Name);
        }
    }

    [Fact]
    public void Fault_of_a_page_that_is_not_there_is_told_with_its_address_and_touches_nothing()
    {
        var state = _guest.Prepare(64, 1, a => a.mov(__[rdi + 0x10], eax));
        state.Registers[7] = EmulatedGuest.Absent;
        ulong before = state.Registers[0];

        var emulation = _guest.Emulator.Run(state);

        Assert.Equal(new(EmulationOutcome.Exception, 14, true, 2, EmulatedGuest.Absent + 0x10), emulation);
        Assert.Equal((EmulatedGuest.Code, before), (state.InstructionPointer, state.Registers[0]));
        Assert.Empty(_guest.Bus.Log);
    }

    [Fact]
    public void Repeated_move_that_faults_in_the_middle_has_moved_what_it_could()
    {
        var state = _guest.Prepare(64, 1, a => a.rep.movsd());
        (state.Registers[1], state.Registers[6], state.Registers[7]) = (5, EmulatedGuest.Data, EmulatedGuest.Absent - 8);

        var emulation = _guest.Emulator.Run(state);

        Assert.Equal(new(EmulationOutcome.Exception, 14, true, 2, EmulatedGuest.Absent), emulation);
        Assert.Equal((EmulatedGuest.Code, 3ul, EmulatedGuest.Absent), (state.InstructionPointer, state.Registers[1], state.Registers[7]));
        Assert.Equal(2, _guest.Bus.Log.Count);
    }

    [Fact]
    public void User_may_not_touch_supervisors_devices_nor_ports()
    {
        var state = _guest.Prepare(64, 1, a => a.@in(al, 0x60));
        state.Segments[1] = new SegmentState(0x33, 0, uint.MaxValue, 0xA0FB);
        state.Segments[2] = new SegmentState(0x2B, 0, uint.MaxValue, 0xC0F3);
        state.TaskRegister = new SegmentState(0x40, EmulatedGuest.Data, 0x67, 0x8B);
        Assert.Equal(new(EmulationOutcome.Exception, 13, true, 0), _guest.Emulator.Run(state));
        Assert.Empty(_guest.Bus.Log);
    }

    [Fact]
    public void Page_tables_are_walked_anew_for_every_instruction()
    {
        var state = _guest.Prepare(64, 1, a =>
        {
            a.mov(eax, __dword_ptr[rdi]);
            a.mov(ebx, __dword_ptr[rdi]);
        });
        state.Registers[7] = EmulatedGuest.Data;
        Assert.Equal(EmulationOutcome.Done, _guest.Emulator.Run(state).Outcome);
        Assert.Empty(_guest.Bus.Log);
        // Another processor gives the same linear page, of 2 MiB, to a device.
        _guest.Memory.Write(0x1_2000, BitConverter.GetBytes(0x4000_0087ul));
        _guest.Memory.Write(0x1_2000 + 0x40 * 8, BitConverter.GetBytes(0x0000_0087ul));
        var code = state.InstructionPointer;
        state.InstructionPointer = 0x800_0000 + code;
        Assert.Equal(EmulationOutcome.Done, _guest.Emulator.Run(state).Outcome);
        Assert.Equal([$"load {0x4000_0000 + EmulatedGuest.Data:x} 4"], _guest.Bus.Log);
    }

    [Fact]
    public void Single_step_ends_behind_the_instruction()
    {
        var state = _guest.Prepare(64, 1, a => a.mov(__[rdi], eax));
        state.Registers[7] = EmulatedGuest.Device;
        state.Flags |= 0x100;
        Assert.Equal(new(EmulationOutcome.Exception, 1), _guest.Emulator.Run(state));
        Assert.Equal((EmulatedGuest.Code + 2, 0x4000ul), (state.InstructionPointer, state.DebugRegisters[4] & 0x4000));
        Assert.Single(_guest.Bus.Log);
    }

    [Fact]
    public void Interrupt_shadow_ends_behind_the_instruction()
    {
        var state = _guest.Prepare(64, 1, a => a.mov(__[rdi], eax));
        state.Registers[7] = EmulatedGuest.Device;
        state.InterruptShadow = true;
        _guest.Emulator.Run(state);
        Assert.False(state.InterruptShadow);

        state = _guest.Prepare(64, 1, a => a.sti());
        state.Flags &= ~0x200ul;
        _guest.Emulator.Run(state);
        Assert.True(state.InterruptShadow);
    }

    [Fact]
    public void Endless_repetition_comes_back_with_what_is_left()
    {
        var state = _guest.Prepare(64, 1, a => a.rep.outsb());
        (state.Registers[1], state.Registers[2], state.Registers[6]) = (1ul << 40, 0x60, EmulatedGuest.Data);
        Assert.Equal(EmulationOutcome.Done, _guest.Emulator.Run(state).Outcome);
        Assert.Equal((EmulatedGuest.Code, (1ul << 40) - InstructionEmulator.MaximumRounds), (state.InstructionPointer, state.Registers[1]));
        Assert.Equal(InstructionEmulator.MaximumRounds, _guest.Bus.Log.Count);
    }

    [Theory]
    [InlineData("0F32")]            // RDMSR
    [InlineData("0FA2")]            // CPUID
    [InlineData("0F05")]            // SYSCALL
    [InlineData("0F013F")]          // INVLPG [RDI]
    [InlineData("C5FC1007")]        // VMOVUPS YMM0, [RDI]
    [InlineData("0FAE27")]          // XSAVE [RDI]
    public void What_the_state_does_not_carry_is_refused_and_not_done(string bytes)
    {
        var state = _guest.Prepare(64, 1, a => a.nop());
        state.Registers[7] = EmulatedGuest.Device;
        _guest.Memory.Write(EmulatedGuest.Code, Convert.FromHexString(bytes));
        ulong[] registers = [.. state.Registers];
        Assert.Equal(EmulationOutcome.Refused, _guest.Emulator.Run(state).Outcome);
        Assert.Equal(registers, state.Registers);
        Assert.Equal(EmulatedGuest.Code, state.InstructionPointer);
        Assert.Empty(_guest.Bus.Log);
    }

    [Fact]
    public void Code_where_no_RAM_is_is_refused_and_the_next_instruction_runs()
    {
        var state = _guest.Prepare(64, 1, a => a.nop());
        state.InstructionPointer = EmulatedGuest.Device;
        var emulation = _guest.Emulator.Run(state);
        Assert.Equal(EmulationOutcome.Refused, emulation.Outcome);
        Assert.Contains("no RAM", emulation.Detail, StringComparison.Ordinal);
        state.InstructionPointer = EmulatedGuest.Code;
        Assert.Equal(EmulationOutcome.Done, _guest.Emulator.Run(state).Outcome);
    }

    [Fact]
    public void Vector_registers_are_asked_for_only_by_instructions_that_use_them()
    {
        var vectors = new RecordedVectors();
        var state = _guest.Prepare(64, 1, a =>
        {
            a.mov(__[rdi], eax);
            a.movaps(__xmmword_ptr[rdi], xmm3);
            a.movaps(xmm4, __xmmword_ptr[rdi]);
        });
        state.Registers[7] = EmulatedGuest.Device;
        state.FxSave.CopyTo(vectors.Image, 0);
        byte[] stored = state.FxSave[208..224];
        Array.Clear(state.FxSave);

        _guest.Emulator.Run(state, vectors);
        Assert.Equal((0, 0), (vectors.Loads, vectors.Stores));
        _guest.Emulator.Run(state, vectors);
        _guest.Emulator.Run(state, vectors);
        Assert.Equal((2, 2), (vectors.Loads, vectors.Stores));
        Assert.Equal($"store {EmulatedGuest.Device:x} 8 {BitConverter.ToUInt64(stored):x}", _guest.Bus.Log[1]);
        Assert.Equal(stored, vectors.Image[208..224]);
        Assert.NotEqual(new byte[16], vectors.Image[224..240]);
    }

    [Fact]
    public void Warm_emulator_allocates_nothing()
    {
        var bus = new SilentBus();
        using var emulator = new InstructionEmulator(0, _guest.Options with { Bus = bus });
        var state = _guest.Prepare(64, 1, a =>
        {
            a.mov(__[rdi], eax);
            a.add(__dword_ptr[rdi], 1);
            a.movups(xmm0, __xmmword_ptr[rdi]);
            a.@in(al, 0x60);
            a.mov(ecx, 3);
            a.rep.stosb();
            a.mov(eax, __[rbx]);
        });
        (state.Registers[7], state.Registers[3]) = (EmulatedGuest.Device, EmulatedGuest.Absent);
        var vectors = new RecordedVectors();
        // Decoding, tiers of compilation and types are paid for by the first rounds; one of the later must cost nothing.
        long allocated = long.MaxValue;
        for (int turn = 0; turn < 10; turn++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int round = 0; round < 100; round++) Round();
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, allocated);
        // A store, a load and a store, two loads, a port, three stores; the last faults.
        Assert.Equal(1000 * 9, bus.Accesses);

        void Round()
        {
            state.InstructionPointer = EmulatedGuest.Code;
            state.Registers[7] = EmulatedGuest.Device;
            for (int i = 0; i < 7; i++) emulator.Run(state, vectors);
        }
    }

    private static void AssertSame(ProcessorState expected, ProcessorState actual)
    {
        Assert.Equal(expected.Registers, actual.Registers);
        Assert.Equal((expected.InstructionPointer, expected.Flags), (actual.InstructionPointer, actual.Flags));
        Assert.Equal(expected.Segments, actual.Segments);
        Assert.Equal(Convert.ToHexString(expected.FxSave), Convert.ToHexString(actual.FxSave));
        Assert.Equal((expected.Cr0, expected.Cr2, expected.Cr3, expected.Cr4, expected.Efer), (actual.Cr0, actual.Cr2, actual.Cr3, actual.Cr4, actual.Efer));
        Assert.Equal((expected.Activity, expected.InterruptShadow), (actual.Activity, actual.InterruptShadow));
    }
}
