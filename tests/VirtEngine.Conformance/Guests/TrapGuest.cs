using System.Buffers.Binary;
using Iced.Intel;
using VirtEngine.Hypervisors;

namespace VirtEngine.Conformance.Guests;

/// <summary>
/// A guest in 64-bit mode with descriptor tables, a task state and page tables: whatever exception or interrupt it takes ends its run and is
/// shown. The tests are the kernel that handles it: they change memory and registers and run on.
/// </summary>
internal sealed class TrapGuest : IDisposable
{
    internal const ushort KernelCode = 0x08, KernelData = 0x10, UserCode32 = 0x1B, UserData = 0x23, UserCode = 0x2B, Task = 0x30;

    internal const ulong Gdt = 0x1000, Idt = 0x2000, TaskState = 0x3000, Stubs = 0x4000, InnerStack = 0x6000, AlternateStack = 0x6800,
        Code = TinyGuest.CodeAddress, Pml4 = 0x1_0000, DirectoryPointers = 0x1_1000, PageDirectory = 0x1_2000, Table = 0x1_3000;

    /// <summary>Where 4 KiB pages are used: 2 MiB, mapped one to one by <see cref="Table"/>.</summary>
    internal const ulong SmallPages = 0x20_0000;

    internal const ulong Present = 1, Writable = 2, User = 4, Accessed = 0x20, Dirty = 0x40, Large = 0x80, NoExecute = 1ul << 63;

    private readonly TinyGuest _guest;

    internal TrapGuest(IHypervisor hypervisor, int processors = 1)
    {
        _guest = new TinyGuest(hypervisor, processors);
        _guest.EnterLongMode();
        WriteWords(Gdt, 0, 0x00AF_9B00_0000_FFFF, 0x00CF_9300_0000_FFFF, 0x00CF_FB00_0000_FFFF, 0x00CF_F300_0000_FFFF, 0x00AF_FB00_0000_FFFF,
            0x0000_8B00_0000_0067 | TaskState << 16, 0, 0x00CF_9B00_0000_FFFF);
        _guest.Memory.Write(TaskState, new byte[0x68]);
        WriteWords(TaskState + 4, InnerStack);
        WriteWords(TaskState + 0x24, AlternateStack);
        for (int vector = 0; vector < 256; vector++)
        {
            ulong stub = Stubs + (ulong)vector * 8;
            _guest.Memory.Write(stub, [0xB0, (byte)vector, 0xE6, 0xE9, 0xE6, 0xF4, 0xF4, 0xF4]);     // mov al; out; out; hlt
            SetGate((byte)vector, stub);
        }
        WriteWords(Pml4, DirectoryPointers | 7);
        WriteWords(DirectoryPointers, PageDirectory | 7);
        for (ulong i = 0; i < 512; i++)
        {
            WriteWords(PageDirectory + i * 8, i << 21 | 0x87);
            WriteWords(Table + i * 8, SmallPages + i * 4096 | 7);
        }
        WriteWords(PageDirectory + 8, Table | 7);
        Change(Complete);
    }

    internal TinyGuest Tiny => _guest;

    internal IVirtualProcessor Processor => _guest.Processor;

    internal ProcessorState State => _guest.Processor.GetState();

    /// <summary>Tables that <see cref="TinyGuest.EnterLongMode"/> does not set.</summary>
    internal static void Complete(ProcessorState state)
    {
        state.GlobalDescriptorTable = new TableState(Gdt, 0x4F);
        state.InterruptDescriptorTable = new TableState(Idt, 0xFFF);
        state.TaskRegister = new SegmentState(Task, TaskState, 0x67, 0x8B);
        state.Segments[1] = new SegmentState(KernelCode, 0, uint.MaxValue, 0xA09B);
        for (int i = 0; i < 6; i++)
            if (i != 1) state.Segments[i] = new SegmentState(KernelData, 0, uint.MaxValue, 0xC093);
    }

    internal void Change(Action<ProcessorState> change)
    {
        var state = State;
        change(state);
        _guest.Processor.SetState(state);
    }

    /// <summary>Goes on at an address, awake, with interrupts as they are.</summary>
    internal void Continue(ulong at, bool user = false) => Change(state =>
    {
        state.InstructionPointer = at;
        state.Activity = ProcessorActivity.Running;
        state.Segments[1] = user ? new SegmentState(UserCode, 0, uint.MaxValue, 0xA0FB) : new SegmentState(KernelCode, 0, uint.MaxValue, 0xA09B);
        state.Segments[2] = user ? new SegmentState(UserData, 0, uint.MaxValue, 0xC0F3) : new SegmentState(KernelData, 0, uint.MaxValue, 0xC093);
        state.Registers[4] = TinyGuest.StackTop;
    });

    internal void SetGate(byte vector, ulong target, int privilege = 0, int stack = 0, bool trap = false, bool present = true) =>
        WriteWords(Idt + vector * 16ul,
            (target & 0xFFFF) | (ulong)KernelCode << 16 | (ulong)stack << 32 | (ulong)((present ? 0x80 : 0) | privilege << 5 | (trap ? 0xF : 0xE)) << 40
            | (target & 0xFFFF_0000) << 32, target >> 32);

    internal void Load(Action<Assembler> write, ulong at = Code, int bits = 64) => _guest.Load(bits, write, at);

    /// <summary>Loads code, runs it from its start and shows the trap that ended it.</summary>
    internal TrapFrame RunToTrap(Action<Assembler> write, bool user = false, ulong at = Code)
    {
        Load(write, at);
        Continue(at, user);
        return RunToTrap();
    }

    internal TrapFrame RunToTrap()
    {
        _guest.Output.Clear();
        var exit = _guest.Run();
        Assert.True(exit.Reason == ExitReason.Canceled, $"{exit.Reason}: {exit.Detail}");
        Assert.True(_guest.Output.Count == 1, $"No trap; RIP {State.InstructionPointer:x}, output {_guest.Output.Count}");
        byte vector = _guest.Output[0];
        var state = State;
        ulong frame = state.Registers[4];
        uint? code = null;
        if (vector is 8 or 10 or 11 or 12 or 13 or 14 or 17)
        {
            code = (uint)Word(frame);
            frame += 8;
        }
        return new TrapFrame(vector, code, Word(frame), (ushort)Word(frame + 8), Word(frame + 16), Word(frame + 24), (ushort)Word(frame + 32), state.Cr2,
            state.Registers[4]);
    }

    /// <summary>What <c>out 0xF4</c> in the code itself ends: no trap.</summary>
    internal ProcessorState RunToEnd(Action<Assembler> write, bool user = false, ulong at = Code)
    {
        Load(write, at);
        Continue(at, user);
        _guest.Output.Clear();
        var exit = _guest.Run();
        Assert.True(exit.Reason == ExitReason.Canceled, $"{exit.Reason}: {exit.Detail}");
        Assert.True(_guest.Output.Count == 0, $"Trap {(_guest.Output.Count > 0 ? _guest.Output[0] : 0)} with CR2 {State.Cr2:x}");
        return State;
    }

    internal ulong Word(ulong physical)
    {
        Span<byte> bytes = stackalloc byte[8];
        Assert.True(_guest.Memory.TryRead(physical, bytes));
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    internal void WriteWords(ulong physical, params ReadOnlySpan<ulong> words)
    {
        Span<byte> bytes = stackalloc byte[8];
        foreach (ulong word in words)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, word);
            _guest.Memory.Write(physical, bytes);
            physical += 8;
        }
    }

    /// <summary>Switches the local APIC on.</summary>
    internal void EnableApic() => Change(state => BitConverter.TryWriteBytes(state.LocalApic.AsSpan(0xF0), 0x1FF));

    /// <summary>Lets the guest reach the local APIC at its address.</summary>
    internal void MapApic()
    {
        const ulong directory = 0x1_4000, address = 0xFEE0_0000;
        WriteWords(DirectoryPointers + 3 * 8, directory | 7);
        WriteWords(directory + (address >> 21 & 511) * 8, address | 0x83);
        Change(_ => { });       // a new state begins with an empty TLB
    }

    /// <summary>Sends processor 0 an interrupt, as a device does.</summary>
    internal void Interrupt(byte vector) => _guest.Partition.SendMsi(0xFEE0_0000, vector);

    /// <summary>Sends processor 0 a non-maskable interrupt.</summary>
    internal void InterruptNonMaskable() => _guest.Partition.SendMsi(0xFEE0_0000, 0x400);

    /// <summary>Ends what is in service, as a handler's write to EOI does.</summary>
    internal void EndInterrupts() => Change(state => state.LocalApic.AsSpan(0x100, 0x80).Clear());

    /// <summary>The entry of a small page.</summary>
    internal static ulong EntryOf(ulong linear) => Table + (linear - SmallPages) / 4096 * 8;

    public void Dispose() => _guest.Dispose();
}
