using System.Runtime.InteropServices;
using Iced.Intel;
using VirtEngine.Hypervisors;
using VirtEngine.Hypervisors.Emulation;
using VirtEngine.Hypervisors.Software;
using VirtEngine.Memory;
using VirtEngine.Time;

namespace VirtEngine.Tests.Emulation;

/// <summary>
/// A guest that runs in two ways over the same kind of memory and bus: whole on the software CPU, or an instruction at a time by the emulator.
/// RAM is [0, 2 MiB), mapped one to one up to 1 GiB with <see cref="Absent"/> left out; everything behind RAM is a device's.
/// </summary>
internal sealed class EmulatedGuest : IDisposable
{
    internal const uint Code = 0x8000, Data = 0x10_0000, Device = 0x3000_0000, Absent = 0x3020_0000;
    internal const ulong Size = 2 << 20;

    private const ulong PageTables = 0x1_0000, Stack = 0x18_0000;

    private readonly MachineClock _clock = new();

    internal EmulatedGuest()
    {
        Memory = new GuestMemory(Size);
        Options = new() { Memory = Memory, Bus = Bus, Clock = _clock, ProcessorCount = 1, Profile = PortableProfile.Instance };
        Emulator = new InstructionEmulator(0, Options);
    }

    internal GuestMemory Memory { get; }

    internal DeviceBus Bus { get; } = new();

    internal PartitionOptions Options { get; }

    internal InstructionEmulator Emulator { get; }

    /// <summary>Fills data, tables and code, and gives a state with registers full of noise to begin with; RDI and RSI are the code's business.</summary>
    internal ProcessorState Prepare(int bits, int seed, Action<Assembler> code)
    {
        Bus.Reset();
        var random = new Random(seed);
        Span<byte> bytes = new byte[0x1_0000];
        random.NextBytes(bytes);
        Memory.Write(Data, bytes);
        Write(PageTables, PageTables + 0x1000 | 7);
        Write(PageTables + 0x1000, PageTables + 0x2000 | 7);
        for (uint i = 0; i < 512; i++) Write(PageTables + 0x2000 + 8 * i, (ulong)i << 21 == Absent ? 0 : (ulong)i << 21 | 0x87);
        Memory.Write(Code, Assemble(bits, a =>
        {
            code(a);
            a.@out((byte)DeviceBus.End, AssemblerRegisters.al);
            // The software CPU sees at a jump that it is to stop.
            var end = a.CreateLabel();
            a.Label(ref end);
            a.jmp(end);
        }));

        var state = ProcessorState.Reset();
        for (int i = 0; i < 16; i++) state.Registers[i] = bits == 64 ? (ulong)random.NextInt64(long.MinValue, long.MaxValue) : (uint)random.Next();
        state.Registers[4] = Stack;
        random.NextBytes(state.FxSave.AsSpan(160, 256));
        state.Flags = 2 | (ulong)random.Next() & 0x8D5;
        state.InstructionPointer = Code;
        Array.Fill(state.Segments, new SegmentState(0x10, 0, uint.MaxValue, 0xC093));
        state.Segments[1] = new SegmentState(8, 0, uint.MaxValue, (ushort)(bits == 64 ? 0xA09B : 0xC09B));
        if (bits == 64) (state.Cr0, state.Cr3, state.Cr4, state.Efer) = (0x8005_0033, PageTables, 0x620, 0xD01);
        else (state.Cr0, state.Cr4) = (0x5_0033, 0x600);
        return state;
    }

    /// <summary>Runs the program to its end on the software CPU.</summary>
    internal ProcessorState RunWhole(ProcessorState state)
    {
        using var partition = new SoftwareHypervisor().CreatePartition(Options);
        var processor = partition.Processors[0];
        Bus.Ended = processor.Kick;
        processor.SetState(state);
        var exit = processor.Run();
        Bus.Ended = null;
        Assert.Equal((ExitReason.Canceled, true), (exit.Reason, Bus.HasEnded));
        return processor.GetState();
    }

    /// <summary>Runs the program to its end by the emulator.</summary>
    internal ProcessorState RunByInstruction(ProcessorState state)
    {
        for (int i = 0; i < 1000 && !Bus.HasEnded; i++)
        {
            var emulation = Emulator.Run(state);
            Assert.True(emulation.Outcome == EmulationOutcome.Done, $"{emulation} at 0x{state.InstructionPointer:x}");
        }
        Assert.True(Bus.HasEnded);
        return state;
    }

    internal byte[] Snapshot()
    {
        Assert.True(Memory.TryGetSpan(0, (int)Size, out var span));
        return span.ToArray();
    }

    internal static byte[] Assemble(int bits, Action<Assembler> code)
    {
        var assembler = new Assembler(bits);
        code(assembler);
        using var bytes = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(bytes), Code);
        return bytes.ToArray();
    }

    private void Write(ulong address, ulong value) => Memory.Write(address, MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in value)));

    public void Dispose()
    {
        Emulator.Dispose();
        _clock.Dispose();
        Memory.Dispose();
    }
}
