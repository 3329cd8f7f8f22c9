using System.Buffers.Binary;
using VirtEngine.Hypervisors;
using VirtEngine.Hypervisors.Software;
using VirtEngine.Hypervisors.Whp;
using VirtEngine.Hypervisors.Whp.Interop;

namespace VirtEngine.Tests.Whp;

/// <summary>A platform with the software CPU underneath: what the backend makes of the platform's exits runs over it as over Windows' own.</summary>
internal sealed unsafe class FakeWinHvPartition(PartitionOptions options, FakeTraits traits) : IWinHvPartition
{
    private const int XsaveSize = 576, LegacySize = 512;

    [ThreadStatic]
    private static FakeProcessor? _running;

    private readonly Dictionary<int, FakeProcessor> _processors = [];
    private readonly HashSet<uint> _cpuidExits = [];
    private SoftwarePartition? _software;

    /// <summary>A host that offers all that the portable profile asks for, with its clocks.</summary>
    internal static WhpCapabilities Host { get; } = new(true, (WHV_CAPABILITY_FEATURES)ulong.MaxValue, (WHV_EXTENDED_VM_EXITS)ulong.MaxValue,
        (WHV_PROCESSOR_FEATURES)ulong.MaxValue, (WHV_PROCESSOR_FEATURES1)ulong.MaxValue, PortableProfile.Instance.TscHz, PortableProfile.Instance.ApicTimerHz);

    public void SetProperty(WHV_PARTITION_PROPERTY_CODE code, void* value, int size)
    {
        Assert.Null(_software); // before the setup only
        if (code != WHV_PARTITION_PROPERTY_CODE.WHvPartitionPropertyCodeCpuidExitList) return;
        foreach (uint leaf in new ReadOnlySpan<uint>(value, size / sizeof(uint))) _cpuidExits.Add(leaf);
    }

    public void Setup()
    {
        _software = new SoftwarePartition(options with { Bus = new TrapBus() });
        _software.EndOfInterrupt += vector => _running!.EndedInterrupt = vector;
    }

    public void MapMemory(byte* source, ulong address, ulong size, WHV_MAP_GPA_RANGE_FLAGS flags) => Assert.NotNull(_software);

    public void UnmapMemory(ulong address, ulong size) => Assert.NotNull(_software);

    // The software CPU tells the memory's page tracker itself.
    public void QueryDirtyBitmap(ulong address, ulong size, Span<ulong> bitmap) => bitmap.Clear();

    public void SuspendTime()
    {
    }

    public void ResumeTime()
    {
    }

    public bool TryRequestInterrupt(in WHV_INTERRUPT_CONTROL interrupt)
    {
        ulong address = 0xFEE0_0000 | (ulong)interrupt.Destination << 12 | (interrupt.Control >> 8 & 1) << 2;
        _software!.SendMsi(address, interrupt.Vector | (uint)(interrupt.Control & 7) << 8 | 1 << 14 | (uint)(interrupt.Control >> 12 & 1) << 15);
        return true;
    }

    public void CreateProcessor(int index) =>
        _processors.Add(index, new FakeProcessor((SoftwareProcessor)_software!.Processors[index], traits, options.Profile, _cpuidExits));

    public void DeleteProcessor(int index) => Assert.True(_processors.Remove(index));

    public void Run(int index, WHV_RUN_VP_EXIT_CONTEXT* exit)
    {
        _running = _processors[index];
        _running.Run(exit);
    }

    public void CancelRun(int index) => _processors[index].Cancel();

    public bool TryGetRegisters(int index, ReadOnlySpan<WHV_REGISTER_NAME> names, WHV_REGISTER_VALUE* values)
    {
        Assert.Equal(0, (nint)values & 15);
        return _processors[index].TryGet(names, values);
    }

    public bool TrySetRegisters(int index, ReadOnlySpan<WHV_REGISTER_NAME> names, WHV_REGISTER_VALUE* values)
    {
        Assert.Equal(0, (nint)values & 15);
        return _processors[index].TrySet(names, values);
    }

    public void GetInterruptController(int index, Span<byte> page)
    {
        Assert.Equal(4096, page.Length);
        _processors[index].Software.Apic.Save(page);
    }

    public void SetInterruptController(int index, ReadOnlySpan<byte> page) => _processors[index].LoadApic(page);

    public int GetXsave(int index, Span<byte> area)
    {
        area[..XsaveSize].Clear();
        _processors[index].Software.Cpu.GetState().FxSave.CopyTo(area);
        BinaryPrimitives.WriteUInt64LittleEndian(area[LegacySize..], 3);
        return XsaveSize;
    }

    public void SetXsave(int index, ReadOnlySpan<byte> area) => _processors[index].Software.Cpu.LoadVectors(area[..LegacySize]);

    public void Dispose()
    {
        Assert.Empty(_processors); // they go before their partition
        _software?.Dispose();
    }
}
