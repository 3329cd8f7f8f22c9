using System.Text;
using Iced.Intel;
using VirtEngine.Boot;
using VirtEngine.Hypervisors;
using VirtEngine.Hypervisors.Software;
using VirtEngine.Machines;
using static Iced.Intel.AssemblerRegisters;

namespace VirtEngine.Tests.Machines;

/// <summary>Whole machines on the software CPU, with guests of a few instructions: the fastest way to see board and processor work together.</summary>
public class TinyGuestTests
{
    private const ulong Entry = 0x10_0000, Handler = 0x10_1000, Idt = 0x10_2000, IdtPointer = 0x10_3000, Stack = 0x11_0000;

    private static Machine Make(Action<Assembler> code, Action<Assembler>? handler = null, byte vector = 0x20) => new(
        new MachineOptions { Id = Guid.NewGuid(), Name = "tiny", Kernel = "none", Memory = 32 << 20 }, new SoftwareHypervisor(), PortableProfile.Instance,
        (memory, _) =>
        {
            DescriptorTable.Write(memory, longMode: false);
            memory.Write(Entry, Assemble(code, Entry));
            if (handler is not null)
            {
                memory.Write(Handler, Assemble(handler, Handler));
                // A 32-bit interrupt gate: offset, selector of the loader's flat code segment, type.
                byte[] gate = [0x00, 0x10, 0x10, 0x00, 0x00, 0x8E, 0x10, 0x00];
                memory.Write(Idt + 8ul * vector, gate);
                memory.Write(IdtPointer, [0xFF, 0x07, .. BitConverter.GetBytes((uint)Idt)]);
            }
            return BootState.Pvh(Entry);
        });

    private static byte[] Assemble(Action<Assembler> code, ulong at)
    {
        var assembler = new Assembler(32);
        code(assembler);
        using var stream = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(stream), at);
        return stream.ToArray();
    }

    private static void Out(Assembler c, ushort port, byte value)
    {
        c.mov(dx, port);
        c.mov(al, value);
        c.@out(dx, al);
    }

    private static void Print(Assembler c, string text)
    {
        foreach (byte b in Encoding.ASCII.GetBytes(text)) Out(c, 0x3F8, b);
    }

    private static void PowerOff(Assembler c)
    {
        c.mov(dx, 0x604);
        c.mov(ax, 1 << 13 | 5 << 10);
        c.@out(dx, ax);
        Sleep(c);
    }

    private static void Sleep(Assembler c)
    {
        var again = c.CreateLabel();
        c.Label(ref again);
        c.hlt();
        c.jmp(again);
    }

    private static async Task<string> RunToEnd(Machine machine)
    {
        machine.Start();
        var text = new StringBuilder();
        byte[] buffer = new byte[256];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        for (int length; (length = await machine.Console.ReadAsync(buffer, limit.Token)) > 0;) text.Append(Encoding.ASCII.GetString(buffer, 0, length));
        for (int i = 0; i < 2000 && machine.State == MachineState.Running; i++) await Task.Delay(1);
        return text.ToString();
    }

    [Fact]
    public async Task Guest_greets_and_turns_itself_off()
    {
        using var machine = Make(c => { Print(c, "Hello from COM1\n"); PowerOff(c); });
        Assert.Equal("Hello from COM1\n", await RunToEnd(machine));
        Assert.Equal(MachineState.Stopped, machine.State);
        Assert.Null(machine.Reason);
        Assert.True(machine.Counters[0].PortAccesses >= 17);
    }

    [Fact]
    public async Task Timer_interrupts_through_the_8259()
    {
        using var machine = Make(c =>
        {
            c.mov(esp, (int)Stack);
            c.lidt(__[(int)IdtPointer]);
            foreach (var (port, value) in ((ushort, byte)[])[(0x20, 0x11), (0x21, 0x20), (0x21, 4), (0x21, 1), (0x21, 0xFE),
                         (0x43, 0x34), (0x40, 0xA9), (0x40, 0x04)])     // 1 kHz
                Out(c, port, value);
            c.xor(ebx, ebx);
            c.sti();
            var again = c.CreateLabel();
            c.Label(ref again);
            c.hlt();
            c.cmp(ebx, 20);
            c.jb(again);
            c.cli();
            Print(c, "20 ticks");
            PowerOff(c);
        }, c =>
        {
            c.inc(ebx);
            c.mov(al, 0x20);
            c.@out(0x20, al);
            c.iretd();
        });
        Assert.Equal("20 ticks", await RunToEnd(machine));
        Assert.Equal(20, machine.Counters[0].Interrupts);
    }

    [Fact]
    public async Task Serial_input_interrupts_through_the_io_apic()
    {
        using var machine = Make(c =>
        {
            c.mov(esp, (int)Stack);
            c.lidt(__[(int)IdtPointer]);
            Out(c, 0x21, 0xFF);                                 // the 8259s are silent
            Out(c, 0xA1, 0xFF);
            c.mov(__dword_ptr[0xFEE0_00F0u], 0x1FF);            // local APIC on
            c.mov(__dword_ptr[0xFEC0_0000u], 0x10 + 2 * 4);     // pin 4, edge, vector 41h
            c.mov(__dword_ptr[0xFEC0_0010u], 0x41);
            Out(c, 0x3FC, 8);                                   // OUT2
            Out(c, 0x3F9, 1);                                   // interrupt on received data
            Print(c, "?");
            c.sti();
            Sleep(c);
        }, c =>
        {
            c.mov(dx, 0x3F8);
            c.@in(al, dx);
            c.inc(al);
            c.@out(dx, al);
            c.mov(__dword_ptr[0xFEE0_00B0u], 0);                // EOI
            PowerOff(c);
        }, vector: 0x41);
        var typing = Task.Run(async () =>
        {
            await Task.Delay(50);
            await machine.Console.WriteAsync("H"u8.ToArray(), default);
        });
        Assert.Equal("?I", await RunToEnd(machine));
        await typing;
    }

    [Fact]
    public async Task Triple_fault_is_shown_with_its_place()
    {
        using var machine = Make(c => { Print(c, "x"); c.ud2(); });     // no interrupt table
        Assert.Equal("x", await RunToEnd(machine));
        Assert.Equal(MachineState.Failed, machine.State);
        Assert.StartsWith($"Triple fault at RIP 0x{Entry + 7:x} on processor 0", machine.Reason);
    }

    [Fact]
    public async Task Interrupt_without_a_table_is_a_triple_fault_even_in_sleep()
    {
        using var machine = Make(c =>
        {
            foreach (var (port, value) in ((ushort, byte)[])[(0x20, 0x11), (0x21, 0x20), (0x21, 4), (0x21, 1), (0x21, 0xFE),
                         (0x43, 0x34), (0x40, 0xA9), (0x40, 0x04)])
                Out(c, port, value);
            c.sti();
            Sleep(c);
        });
        Assert.Equal("", await RunToEnd(machine));
        Assert.Equal(MachineState.Failed, machine.State);
        Assert.StartsWith("Triple fault", machine.Reason);
    }

    [Fact]
    public async Task Reset_by_the_guest_starts_it_again()
    {
        int boots = 0;
        using var machine = new Machine(
            new MachineOptions { Id = Guid.NewGuid(), Name = "tiny", Kernel = "none", Memory = 32 << 20, Processors = 2 }, new SoftwareHypervisor(),
            PortableProfile.Instance, (memory, _) =>
            {
                bool first = Interlocked.Increment(ref boots) == 1;
                memory.Write(Entry, Assemble(c =>
                {
                    Print(c, first ? "one " : "two");
                    if (first) { Out(c, 0xCF9, 6); Sleep(c); }
                    else PowerOff(c);
                }, Entry));
                return BootState.Pvh(Entry);
            });
        Assert.Equal("one two", await RunToEnd(machine));
        Assert.Equal(MachineState.Stopped, machine.State);
    }
}
