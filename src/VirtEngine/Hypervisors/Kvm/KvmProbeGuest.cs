using Iced.Intel;
using VirtEngine.Bus;
using VirtEngine.Memory;
using VirtEngine.Time;
using static Iced.Intel.AssemblerRegisters;

namespace VirtEngine.Hypervisors.Kvm;

/// <summary>A guest of one processor in 64-bit kernel mode that runs a few instructions and then writes to a port.</summary>
internal sealed class KvmProbeGuest : IDisposable, IPortDevice
{
    /// <summary>Instructions of <see cref="Loop"/>.</summary>
    internal const int LoopInstructions = 20_000_000;

    private const int Patience = 1000; // milliseconds
    private const ushort DonePort = 0xF4, CodeSelector = 8, DataSelector = 0x10;
    private const ulong Gdt = 0x1000, Idt = 0x2000, Stack = 0x7000, Scratch = 0x7800, Code = 0x8000, Handler = 0x9000, PageTables = 0x1_0000;

    private readonly GuestMemory _memory = new(2 << 20);
    private readonly MachineClock _clock = new();
    private readonly IPartition _partition;
    private readonly ProcessorState _entry;
    private volatile bool _done;

    /// <exception cref="KvmException">The host's KVM lacks what a partition needs.</exception>
    internal KvmProbeGuest(KvmHypervisor hypervisor)
    {
        var bus = new GuestBus();
        bus.MapPorts(DonePort, 1, this);
        try
        {
            _partition = hypervisor.CreatePartition(new()
            {
                Memory = _memory, Bus = bus, Clock = _clock, ProcessorCount = 1, Profile = PortableProfile.Instance,
            });
        }
        catch
        {
            _clock.Dispose();
            _memory.Dispose();
            throw;
        }
        WriteTables();
        _entry = Entry(_partition.Processors[0].GetState());
    }

    /// <summary>What kernels do at boot, and what emulators of kernel mode are known to lack.</summary>
    internal static IReadOnlyList<(string Name, Action<Assembler> Code)> Instructions { get; } =
    [
        ("CMPXCHG16B", a => a.cmpxchg16b(__xmmword_ptr[rdi])),
        ("INT3", a => a.int3()),
        ("FXRSTOR", a => { a.fxsave(__[rdi]); a.fxrstor(__[rdi]); }),
        ("MOVAPS", a => { a.movaps(xmm0, __xmmword_ptr[rdi]); a.paddq(xmm0, xmm0); }),
        ("POPCNT", a => a.popcnt(rax, rsi)),
        ("SWAPGS", a => { a.swapgs(); a.swapgs(); }),
    ];

    /// <summary>A loop of two instructions.</summary>
    internal static Action<Assembler> Loop { get; } = a =>
    {
        a.mov(ecx, LoopInstructions / 2);
        var again = a.CreateLabel();
        a.Label(ref again);
        a.dec(ecx);
        a.jnz(again);
    };

    /// <summary>Runs code.</summary>
    /// <returns>Null when it came to its end, or what happened.</returns>
    internal string? Run(Action<Assembler> code)
    {
        Load(Code, a =>
        {
            code(a);
            a.@out(unchecked((byte)DonePort), al);
            a.hlt();
        });
        var processor = _partition.Processors[0];
        processor.SetState(_entry);
        _done = false;
        using var watchdog = new Timer(_ => processor.Kick(), null, Patience, Timeout.Infinite);
        var exit = processor.Run();
        return _done ? null : exit.Reason switch
        {
            ExitReason.Canceled => $"it did not come to the end in {Patience / 1000} s",
            ExitReason.Shutdown => "it shuts down",
            _ => exit.Detail,
        };
    }

    uint IPortDevice.ReadPort(ushort port, int size) => 0;

    void IPortDevice.WritePort(ushort port, int size, uint value)
    {
        _done = true;
        _partition.Processors[0].Kick();
    }

    private void WriteTables()
    {
        WriteWords(Gdt, 0, 0x00AF_9B00_0000_FFFF, 0x00CF_9300_0000_FFFF);
        WriteWords(Idt + 3 * 16, (Handler & 0xFFFF) | (ulong)CodeSelector << 16 | 0x8E00ul << 32, 0);
        WriteWords(PageTables, PageTables + 0x1003);
        WriteWords(PageTables + 0x1000, PageTables + 0x2003);
        WriteWords(PageTables + 0x2000, 0x83); // 2 MiB
        Load(Handler, a => a.iretq());
    }

    private void WriteWords(ulong address, params ReadOnlySpan<ulong> words) => _memory.Write(address, System.Runtime.InteropServices.MemoryMarshal.AsBytes(words));

    private void Load(ulong address, Action<Assembler> write)
    {
        var assembler = new Assembler(64);
        write(assembler);
        using var bytes = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(bytes), address);
        _memory.Write(address, bytes.ToArray());
    }

    private static ProcessorState Entry(ProcessorState state)
    {
        (state.Cr0, state.Cr3, state.Cr4, state.Efer) = (0x8000_0033, PageTables, 0x620, 0x500);
        (state.InstructionPointer, state.Flags) = (Code, 2);
        Array.Fill(state.Segments, new SegmentState(DataSelector, 0, uint.MaxValue, 0xC093));
        state.Segments[1] = new(CodeSelector, 0, uint.MaxValue, 0xA09B);
        state.TaskRegister = new(0, 0, 0x67, 0x8B);
        state.GlobalDescriptorTable = new(Gdt, 0x17);
        state.InterruptDescriptorTable = new(Idt, 0xFFF);
        state.Registers[4] = Stack;
        state.Registers[7] = Scratch;
        state.Activity = ProcessorActivity.Running;
        return state;
    }

    public void Dispose()
    {
        foreach (var processor in _partition.Processors) processor.Dispose();
        _partition.Dispose();
        _clock.Dispose();
        _memory.Dispose();
    }
}
