using VirtEngine.Hypervisors.Whp.Interop;
using VirtEngine.Memory;

namespace VirtEngine.Hypervisors.Whp;

/// <summary>
/// A virtual machine of the platform's: RAM mapped from this process, local APICs in the hypervisor, IO-APIC and 8259s ours, as with KVM. The process may
/// have one such partition at a time (Windows refuses to map a second one's memory).
/// </summary>
internal sealed unsafe class WhpPartition : IPartition
{
    private const WHV_MAP_GPA_RANGE_FLAGS Access =
        WHV_MAP_GPA_RANGE_FLAGS.WHvMapGpaRangeFlagRead | WHV_MAP_GPA_RANGE_FLAGS.WHvMapGpaRangeFlagWrite | WHV_MAP_GPA_RANGE_FLAGS.WHvMapGpaRangeFlagExecute;

    private readonly PartitionOptions _options;
    private readonly IWinHvPartition _native;
    private readonly WhpProcessor[] _processors;
    private Func<byte> _acknowledge = () => 0xFF;
    private bool _tracksDirty;
    private ulong[] _words = [];

    /// <summary>Makes a partition.</summary>
    /// <param name="options">What of.</param>
    /// <param name="host">What the platform can do here.</param>
    /// <param name="native">The platform's side, empty so far; goes with the partition.</param>
    internal WhpPartition(PartitionOptions options, WhpCapabilities host, IWinHvPartition native)
    {
        _options = options;
        _native = native;
        _processors = new WhpProcessor[options.ProcessorCount];
        try
        {
            Profile = WhpCpuid.Resolve(options.Profile, host);
            Configure();
            _native.Setup();
            MapMemory(Access);
            // While their counters are set one after the other, none of them runs ahead.
            _native.SuspendTime();
            for (int i = 0; i < _processors.Length; i++) _processors[i] = new WhpProcessor(i, this, native, options);
            _native.ResumeTime();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<IVirtualProcessor> Processors => _processors;

    /// <inheritdoc/>
    public CpuProfile Profile { get; } = null!;

    /// <inheritdoc/>
    public event Action<byte>? EndOfInterrupt;

    /// <summary>What the time-stamp counters of all processors show now, but for their adjustments.</summary>
    internal ulong Tsc => (ulong)(_options.Clock.Now * (Profile.TscHz / 1e9));

    /// <inheritdoc/>
    public void SendMsi(ulong address, uint data)
    {
        // Nobody is told whether a processor took it, as on a bus.
        if (WhpEvents.TryDecodeMessage(address, data, out var interrupt)) _native.TryRequestInterrupt(in interrupt);
    }

    /// <inheritdoc/>
    public void SetExternalInterrupt(bool level, Func<byte> acknowledge)
    {
        _acknowledge = acknowledge;
        _processors[0].SetExternalInterrupt(level);
    }

    /// <inheritdoc/>
    /// <remarks>The platform tells the end of every level-triggered interrupt.</remarks>
    public void SetIoApicEntry(int pin, ulong address, uint data)
    {
    }

    /// <inheritdoc/>
    public void StopTime() => _native.SuspendTime();

    /// <inheritdoc/>
    public void StartTime()
    {
        foreach (var processor in _processors) processor.StartTime();
        _native.ResumeTime();
    }

    /// <inheritdoc/>
    public void StartDirtyTracking()
    {
        _options.Memory.Pages.StartLogging();
        Remap(Access | WHV_MAP_GPA_RANGE_FLAGS.WHvMapGpaRangeFlagTrackDirtyPages);
        _tracksDirty = true;
    }

    /// <inheritdoc/>
    public void CollectDirty(Span<ulong> bitmap)
    {
        _options.Memory.Pages.CollectDirty(bitmap);     // what devices and the emulator wrote
        if (!_tracksDirty) return;
        foreach (var region in _options.Memory.Regions)
        {
            int words = (int)((region.Length / GuestMemory.PageSize + 63) / 64);
            if (_words.Length < words) _words = new ulong[words];
            var found = _words.AsSpan(0, words);
            _native.QueryDirtyBitmap(region.Address, region.Length, found);
            // A region begins at a multiple of 64 pages of the mapping.
            var target = bitmap[(int)(region.Offset / GuestMemory.PageSize / 64)..];
            for (int i = 0; i < words; i++) target[i] |= found[i];
        }
    }

    /// <inheritdoc/>
    public void StopDirtyTracking()
    {
        _options.Memory.Pages.StopLogging();
        _tracksDirty = false;
        Remap(Access);
    }

    internal byte AcknowledgePic() => _acknowledge();

    internal void AnnounceEndOfInterrupt(byte vector) => EndOfInterrupt?.Invoke(vector);

    private void Configure()
    {
        uint processors = (uint)_options.ProcessorCount;
        _native.SetProperty(WHV_PARTITION_PROPERTY_CODE.WHvPartitionPropertyCodeProcessorCount, &processors, sizeof(uint));
        var apic = WHV_X64_LOCAL_APIC_EMULATION_MODE.WHvX64LocalApicEmulationModeXApic;
        _native.SetProperty(WHV_PARTITION_PROPERTY_CODE.WHvPartitionPropertyCodeLocalApicEmulationMode, &apic, sizeof(uint));
        // INIT and start-up IPIs are the hypervisor's own: trapping them, which it offers, replaces what it does about them.
        var exits = WhpCapabilities.NeededExits;
        _native.SetProperty(WHV_PARTITION_PROPERTY_CODE.WHvPartitionPropertyCodeExtendedVmExits, &exits, sizeof(ulong));
        var msrs = WHV_X64_MSR_EXIT_BITMAP.UnhandledMsrs;
        _native.SetProperty(WHV_PARTITION_PROPERTY_CODE.WHvPartitionPropertyCodeX64MsrExitBitmap, &msrs, sizeof(ulong));
        fixed (uint* leaves = WhpCpuid.Exits.ToArray())
            _native.SetProperty(WHV_PARTITION_PROPERTY_CODE.WHvPartitionPropertyCodeCpuidExitList, leaves, WhpCpuid.Exits.Count * sizeof(uint));
        var results = WhpCpuid.Results(Profile).ToArray();
        fixed (WHV_X64_CPUID_RESULT* first = results)
            _native.SetProperty(WHV_PARTITION_PROPERTY_CODE.WHvPartitionPropertyCodeCpuidResultList, first, results.Length * sizeof(WHV_X64_CPUID_RESULT));
    }

    private void MapMemory(WHV_MAP_GPA_RANGE_FLAGS flags)
    {
        foreach (var region in _options.Memory.Regions) _native.MapMemory(_options.Memory.Pointer + region.Offset, region.Address, region.Length, flags);
    }

    private void Remap(WHV_MAP_GPA_RANGE_FLAGS flags)
    {
        foreach (var region in _options.Memory.Regions) _native.UnmapMemory(region.Address, region.Length);
        MapMemory(flags);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Processors before their partition, and the partition before the memory that is mapped into it.
        foreach (var processor in _processors) processor?.Dispose();
        _native.Dispose();
    }
}
