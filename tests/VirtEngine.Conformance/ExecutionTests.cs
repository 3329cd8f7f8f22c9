using System.Text;
using VirtEngine.Hypervisors;
using VirtEngine.Conformance.Guests;
using static Iced.Intel.AssemblerRegisters;

namespace VirtEngine.Conformance;

public class ExecutionTests<TBackend> where TBackend : IBackend
{
    [Fact]
    public void Guest_in_real_mode_prints()
    {
        using var guest = new TinyGuest(TBackend.Hypervisor);
        guest.Load(16, a =>
        {
            foreach (byte letter in "Hello"u8.ToArray())
            {
                a.mov(al, letter);
                a.@out(0xE9, al);
            }
            a.@out(0xF4, al);
            a.hlt();
        });
        guest.EnterRealMode();

        Assert.Equal(ExitReason.Canceled, guest.Run().Reason);
        Assert.Equal("Hello", Encoding.ASCII.GetString([.. guest.Output]));
    }

    [Fact]
    public void Guest_in_long_mode_loops_and_calls()
    {
        using var guest = new TinyGuest(TBackend.Hypervisor);
        guest.Load(64, a =>
        {
            var loop = a.CreateLabel();
            var function = a.CreateLabel();
            a.xor(eax, eax);
            a.mov(ecx, 1000);
            a.Label(ref loop);
            a.call(function);
            a.dec(rcx);
            a.jnz(loop);
            a.mov(__qword_ptr[0x20_0000], rax);
            a.@out(0xF4, al);
            a.hlt();
            a.Label(ref function);
            a.add(rax, rcx);
            a.ret();
        });
        guest.EnterLongMode();

        Assert.Equal(ExitReason.Canceled, guest.Run().Reason);
        Assert.Equal(500_500ul, guest.Processor.GetState().Registers[0]);
        byte[] stored = new byte[8];
        Assert.True(guest.Memory.TryRead(0x20_0000, stored));
        Assert.Equal(500_500ul, BitConverter.ToUInt64(stored));
    }

    [Fact]
    public void Code_that_overwrites_its_next_instruction_runs_the_new_one()
    {
        using var guest = new TinyGuest(TBackend.Hypervisor);
        guest.Load(64, a =>
        {
            var patched = a.CreateLabel();
            a.lea(rbx, __[patched]);
            a.mov(__byte_ptr[rbx + 1], (byte)'B');
            a.Label(ref patched);
            a.mov(al, (byte)'A');
            a.@out(0xE9, al);
            a.@out(0xF4, al);
            a.hlt();
        });
        guest.EnterLongMode();

        guest.Run();
        Assert.Equal("B", Encoding.ASCII.GetString([.. guest.Output]));
    }

    [Fact]
    public void Triple_fault_is_a_shutdown()
    {
        using var guest = new TinyGuest(TBackend.Hypervisor);
        guest.Load(64, a => a.ud2());
        guest.EnterLongMode();

        Assert.Equal(ExitReason.Shutdown, guest.Run().Reason);
    }

    [Fact]
    public void Kick_ends_an_endless_loop()
    {
        using var guest = new TinyGuest(TBackend.Hypervisor);
        guest.Load(64, a =>
        {
            var self = a.CreateLabel();
            a.Label(ref self);
            a.jmp(self);
        });
        guest.EnterLongMode();

        using var kick = new Timer(_ => guest.Processor.Kick(), null, 50, Timeout.Infinite);
        Assert.Equal(ExitReason.Canceled, guest.Processor.Run().Reason);
    }

    [Fact]
    public void Sti_with_interrupts_on_goes_on_behind_it()
    {
        using var guest = new TinyGuest(TBackend.Hypervisor);
        guest.Load(64, a =>
        {
            a.sti();
            a.nop();
            a.sti();
            a.mov(al, (byte)'X');
            a.@out(0xE9, al);
            a.@out(0xF4, al);
            a.hlt();
        });
        guest.EnterLongMode();

        Assert.Equal(ExitReason.Canceled, guest.Run().Reason);
        Assert.Equal("X", Encoding.ASCII.GetString([.. guest.Output]));
    }
}
