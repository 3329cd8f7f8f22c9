using System.Text;
using Iced.Intel;
using VirtEngine.Hypervisors;
using VirtEngine.Conformance.Guests;
using static Iced.Intel.AssemblerRegisters;
using static VirtEngine.Conformance.Guests.TrapGuest;

namespace VirtEngine.Conformance;

/// <summary>Real mode and 32-bit protected mode: segments, and what user code may not do to the machine.</summary>
public class LegacyModeTests<TBackend> where TBackend : IBackend
{
    private const byte OuterTask = 0x48;
    private const ulong LegacyIdt = 0x2_8000;
    private const byte InvalidTss = 10, Protection = 13;

    [Fact]
    public void Far_jump_to_the_same_offset_in_another_segment_runs_that_code()
    {
        using var guest = new TinyGuest(TBackend.Hypervisor);
        for (byte i = 0; i < 3; i++)
        {
            byte next = (byte)(9 + i), letter = (byte)('A' + i);
            guest.Load(16, c =>
            {
                c.mov(al, letter);
                c.@out(0xE9, al);
                if (letter == 'C') c.@out(0xF4, al);
                c.db(0xEA, 0, 0, 0, next);      // jmp 0900h:0000h, 0A00h:0000h
            }, 0x8000 + (ulong)i * 0x1000, origin: 0);
        }
        guest.EnterRealMode();
        var state = guest.Processor.GetState();
        state.Segments[1] = new SegmentState(0x800, 0x8000, 0xFFFF, 0x9B);
        state.InstructionPointer = 0;
        guest.Processor.SetState(state);
        guest.Run();
        Assert.Equal("ABC", Encoding.ASCII.GetString([.. guest.Output]));
    }

    [Fact]
    public void User_cannot_end_the_machine_with_the_kernels_task_state()
    {
        Assert.Equal(Protection, TrapOf(c => c.db(0x9A, 0, 0, 0, 0, OuterTask, 0)));       // call OuterTask:0
        Assert.Equal(Protection, TrapOf(c => c.db(0xEA, 0, 0, 0, 0, OuterTask, 0)));       // jmp
    }

    [Fact]
    public void User_cannot_end_the_machine_with_the_kernels_task_gate() => Assert.Equal(Protection, TrapOf(c => c.@int(8)));

    [Fact]
    public void User_cannot_end_the_machine_by_returning_from_a_task_that_nobody_called() => Assert.Equal(InvalidTss, TrapOf(c =>
    {
        c.pushfd();
        c.or(__dword_ptr[esp], 0x4000);
        c.popfd();
        c.iretd();
    }));

    /// <summary>The vector of the exception that 32-bit user code raises without paging.</summary>
    private static byte TrapOf(Action<Assembler> write)
    {
        using var guest = new TrapGuest(TBackend.Hypervisor);
        guest.WriteWords(TaskState, 0, (ulong)KernelData);
        guest.WriteWords(TaskState + 4, InnerStack | (ulong)KernelData << 32);
        guest.WriteWords(Gdt + OuterTask, 0x0000_8900_0000_0067 | TaskState << 16);
        for (ulong vector = 0; vector < 32; vector++) guest.WriteWords(LegacyIdt + vector * 8, Stubs + vector * 8 | 0x0000_8E00_0040_0000);
        guest.WriteWords(LegacyIdt + 8 * 8, 0x0000_8500_0000_0000 | (ulong)OuterTask << 16);
        guest.Load(write, bits: 32);
        guest.Change(state =>
        {
            state.Cr0 = 0x31;
            state.Cr4 = 0;
            state.Efer = 0;
            state.InstructionPointer = TinyGuest.CodeAddress;
            state.InterruptDescriptorTable = new TableState(LegacyIdt, 0xFF);
            for (int i = 0; i < 6; i++) state.Segments[i] = new SegmentState(UserData, 0, uint.MaxValue, 0xC0F3);
            state.Segments[1] = new SegmentState(UserCode32, 0, uint.MaxValue, 0xC0FB);
            state.Registers[4] = TinyGuest.StackTop;
        });
        var exit = guest.Tiny.Run();
        Assert.True(exit.Reason == ExitReason.Canceled, $"{exit.Reason}: {exit.Detail}");
        return Assert.Single(guest.Tiny.Output);
    }
}
