using Iced.Intel;
using VirtEngine.Bus;
using VirtEngine.Hypervisors;
using VirtEngine.Memory;
using VirtEngine.Time;

namespace VirtEngine.Conformance.Guests;

/// <summary>A partition with a few KiB of code assembled by Iced, and a bus that records what it writes to ports.</summary>
internal sealed class TinyGuest : IDisposable, IPortDevice, IMmioDevice
{
    internal const ulong CodeAddress = 0x8000, PageTables = 0x1_0000, StackTop = 0x7000;

    private readonly GuestBus _bus = new();
    private readonly MachineClock _clock = new();

    internal TinyGuest(IHypervisor hypervisor, int processors = 1, ulong memory = 16 << 20)
    {
        Memory = new GuestMemory(memory);
        _bus.MapPorts(0, 0x10000, this);
        _bus.TryMapMmio(Device, DeviceSize, this);
        Partition = hypervisor.CreatePartition(new PartitionOptions
        {
            Memory = Memory,
            Bus = _bus,
            Clock = _clock,
            ProcessorCount = processors,
            Profile = PortableProfile.Instance,
        });
    }

    /// <summary>A device's range, behind RAM and where <see cref="EnterLongMode"/> maps it.</summary>
    internal const ulong Device = 0x3000_0000, DeviceSize = 0x10_0000;

    internal GuestMemory Memory { get; }

    internal GuestBus Bus => _bus;

    internal MachineClock Clock => _clock;

    internal IPartition Partition { get; }

    internal IVirtualProcessor Processor => Partition.Processors[0];

    /// <summary>What was written to port E9h, the debug port.</summary>
    internal List<byte> Output { get; } = [];

    /// <summary>Accesses to ports and the device, in order: <c>in 60 4</c>, <c>out 60 4 value</c>, <c>load offset size</c>, <c>store offset size value</c>.</summary>
    internal List<string> Accesses { get; } = [];

    /// <summary>Called on the processor's thread when the guest writes to port E0h.</summary>
    internal Action? Marked { get; set; }

    /// <summary>Puts code at <see cref="CodeAddress"/>.</summary>
    /// <param name="bits">16, 32 or 64.</param>
    /// <param name="write">Gives the instructions.</param>
    /// <param name="address">The physical address.</param>
    /// <param name="origin">RIP of the first instruction, if it is not the physical address.</param>
    internal void Load(int bits, Action<Assembler> write, ulong address = CodeAddress, ulong? origin = null)
    {
        var assembler = new Assembler(bits);
        write(assembler);
        var bytes = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(bytes), origin ?? address);
        Memory.Write(address, bytes.ToArray());
    }

    /// <summary>64-bit mode, supervisor, the first GiB mapped one to one, at <see cref="CodeAddress"/>.</summary>
    internal void EnterLongMode(bool user = false)
    {
        byte[] tables = new byte[3 * 4096];
        BitConverter.TryWriteBytes(tables, PageTables + 0x1000 | 7);
        BitConverter.TryWriteBytes(tables.AsSpan(0x1000), PageTables + 0x2000 | 7);
        for (int i = 0; i < 512; i++) BitConverter.TryWriteBytes(tables.AsSpan(0x2000 + 8 * i), (ulong)i << 21 | 0x87);
        Memory.Write(PageTables, tables);
        var state = ProcessorState.Reset();
        state.InstructionPointer = CodeAddress;
        state.Cr0 = 0x8005_0033;
        state.Cr3 = PageTables;
        state.Cr4 = 0x620;
        state.Efer = 0xD01;
        state.Registers[4] = StackTop;
        int dpl = user ? 0x60 : 0;
        Array.Fill(state.Segments, new SegmentState((ushort)(user ? 0x23 : 0x10), 0, uint.MaxValue, (ushort)(0xC093 | dpl)));
        state.Segments[1] = new SegmentState((ushort)(user ? 0x33 : 8), 0, uint.MaxValue, (ushort)(0xA09B | dpl));
        Processor.SetState(state);
    }

    /// <summary>Real mode at <see cref="CodeAddress"/>.</summary>
    internal void EnterRealMode()
    {
        var state = ProcessorState.Reset();
        state.Segments[1] = new SegmentState(0, 0, 0xFFFF, 0x9B);
        state.InstructionPointer = CodeAddress;
        state.Registers[4] = StackTop;
        Processor.SetState(state);
    }

    /// <summary>Runs until the guest writes to port F4h.</summary>
    internal Exit Run()
    {
        using var watchdog = new Timer(_ => Processor.Kick(), null, 10_000, Timeout.Infinite);
        return Processor.Run();
    }

    public uint ReadPort(ushort port, int size)
    {
        if (port is >= 0x60 and < 0x70) Accesses.Add($"in {port:x} {size}");
        return port * 0x01010101u;
    }

    public ulong ReadMmio(ulong offset, int size)
    {
        Accesses.Add($"load {offset:x} {size}");
        return 0x8877_6655_4433_2211;
    }

    public void WriteMmio(ulong offset, int size, ulong value) => Accesses.Add($"store {offset:x} {size} {value:x}");

    public void WritePort(ushort port, int size, uint value)
    {
        if (port is >= 0x60 and < 0x70) Accesses.Add($"out {port:x} {size} {value:x}");
        if (port == 0xE0) Marked?.Invoke();
        if (port == 0xE9) Output.Add((byte)value);
        if (port == 0xF4) Processor.Kick();
    }

    public void Dispose()
    {
        Partition.Dispose();
        _clock.Dispose();
        Memory.Dispose();
    }
}
