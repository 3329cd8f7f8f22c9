using VirtEngine.Hypervisors.Kvm.Interop;

namespace VirtEngine.Hypervisors.Kvm;

/// <summary>
/// A virtual machine of KVM's: RAM in memory slots, local APICs in the kernel, IO-APIC and 8259s ours ("split irqchip", Documentation/virt/
/// kvm/api.rst 7.5): a timer interrupt or IPI never leaves the kernel, while the chipset is the same for every backend.
/// </summary>
internal sealed unsafe partial class KvmPartition : IPartition
{
    private const int IoApicPins = 24;
    private const uint LevelTriggered = 1 << 15;

    // Three pages for real mode on old Intel processors and one for its page table, which no guest sees: in the hole, under the BIOS.
    private const ulong IdentityMap = 0xFFFB_C000, TaskStates = IdentityMap + 0x1000;

    private readonly PartitionOptions _options;
    private readonly KvmSystem _system;
    private readonly KvmHandle _machine;
    private readonly KvmProcessor[] _processors;
    private readonly IKvmDirtyPages _dirtyPages;
    private readonly KvmIrqRoutingMsi[] _routes = new KvmIrqRoutingMsi[IoApicPins];
    private readonly Lock _routesGate = new();
    private readonly bool _hasClock;
    private KvmClockData _stoppedClock;
    private Func<byte> _acknowledge = () => 0xFF;

    /// <param name="options">What it is made of.</param>
    /// <param name="hypervisor">How the hypervisor does its work.</param>
    internal KvmPartition(PartitionOptions options, KvmHypervisor hypervisor)
    {
        _options = options;
        CompletesInstructions = hypervisor.CompletesInstructions;
        _system = KvmSystem.Open();
        try
        {
            Profile = ResolveProfile(hypervisor.TakesWhatIsOffered);
            _machine = new KvmHandle(_system.Handle.Call(KvmRequest.KVM_CREATE_VM));
            SetUp();
            if (hypervisor.DirtyRingEntries > 0) KvmDirtyRings.Enable(_machine, hypervisor.DirtyRingEntries);
            _processors = new KvmProcessor[options.ProcessorCount];
            _hasClock = KvmHostProfile.HasClock(Profile);
            for (int i = 0; i < _processors.Length; i++) _processors[i] = new KvmProcessor(i, this, options);
            _dirtyPages = hypervisor.DirtyRingEntries > 0
                ? new KvmDirtyRings(_machine, options.Memory, _processors, hypervisor.DirtyRingEntries) : new KvmDirtyLog(_machine, options.Memory);
            SetTscOffset();
            foreach (var processor in _processors) processor.StartTime();
            // KVM maps APIC IDs to processors while it makes one, which is not among them yet: without this no message finds the last.
            _processors[^1].RewriteLocalApic();
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
    public CpuProfile Profile { get; }

    /// <inheritdoc/>
    public event Action<byte>? EndOfInterrupt;

    internal KvmSystem System => _system;

    internal KvmHandle Machine => _machine;

    /// <inheritdoc cref="KvmHypervisor.CompletesInstructions"/>
    internal bool CompletesInstructions { get; }

    /// <inheritdoc/>
    public void SendMsi(ulong address, uint data)
    {
        var message = new KvmMsi { AddressLow = (uint)address, AddressHigh = (uint)(address >> 32), Data = data };
        // The answer says whether a processor took it; nobody is told, as on a bus.
        _machine.Call(KvmRequest.KVM_SIGNAL_MSI, ref message);
    }

    /// <inheritdoc/>
    public void SetExternalInterrupt(bool level, Func<byte> acknowledge)
    {
        _acknowledge = acknowledge;
        _processors[0].SetExternalInterrupt(level);
    }

    /// <inheritdoc/>
    public void SetIoApicEntry(int pin, ulong address, uint data)
    {
        // The kernel looks at its table only for the vectors whose end it must tell.
        if ((data & LevelTriggered) == 0) return;
        lock (_routesGate)
        {
            ref var route = ref _routes[pin];
            if (route.Type != 0 && route.AddressLow == (uint)address && route.Data == data) return;
            route = new() { Gsi = (uint)pin, Type = KvmIrqRoutingMsi.TypeMsi, AddressLow = (uint)address, Data = data };
            var used = _routes.Where(one => one.Type != 0).ToArray();
            using var list = new KvmList<KvmIrqRoutingMsi>(used.Length);
            used.CopyTo(list.Entries);
            _machine.Call(KvmRequest.KVM_SET_GSI_ROUTING, list.Pointer);
        }
    }

    /// <inheritdoc/>
    public void StartDirtyTracking()
    {
        _dirtyPages.Start();
        MapMemory(KvmUserspaceMemoryRegion.LogDirtyPages);
    }

    /// <inheritdoc/>
    public void CollectDirty(Span<ulong> bitmap) => _dirtyPages.Collect(bitmap);

    /// <inheritdoc/>
    public void StopDirtyTracking()
    {
        _options.Memory.Pages.StopLogging();
        MapMemory(0);
    }

    /// <inheritdoc/>
    public void StopTime()
    {
        foreach (var processor in _processors) processor.StopTime();
        if (_hasClock) _machine.Call(KvmRequest.KVM_GET_CLOCK, ref _stoppedClock);
    }

    /// <inheritdoc/>
    public void StartTime()
    {
        if (_hasClock)
        {
            _stoppedClock = new() { Clock = _stoppedClock.Clock };
            _machine.Call(KvmRequest.KVM_SET_CLOCK, ref _stoppedClock);
        }
        SetTscOffset();
        foreach (var processor in _processors) processor.StartTime();
    }

    /// <summary>What is added to the host's time-stamp counter for the machine's time: the same for all processors, so that their counters agree.</summary>
    internal ulong TscOffset { get; private set; }

    /// <summary>What the time-stamp counters of all processors show now, but for their adjustments.</summary>
    internal ulong Tsc => (ulong)(_options.Clock.Now * (Profile.TscHz / 1e9));

    private void SetTscOffset() => TscOffset = Tsc - _processors[0].HostTsc;

    /// <summary>Makes room for pages that processors write; false if KVM needs none.</summary>
    internal bool TryMakeRoomForDirtyPages() => _dirtyPages.TryMakeRoom();

    internal byte AcknowledgePic() => _acknowledge();

    internal void AnnounceEndOfInterrupt(byte vector) => EndOfInterrupt?.Invoke(vector);

    private CpuProfile ResolveProfile(bool takesWhatIsOffered)
    {
        long? hostTscHz = _system.ScalesTsc ? null : _system.ReadTscHz();
        return KvmCpuid.Resolve(_options.Profile, _system.GetSupportedCpuid(), _system.ReadFeatureMsr(KvmCpuid.ArchCapabilities), hostTscHz, takesWhatIsOffered);
    }

    private void SetUp()
    {
        ulong identityMap = IdentityMap;
        _machine.Call(KvmRequest.KVM_SET_IDENTITY_MAP_ADDR, ref identityMap);
        _machine.Call(KvmRequest.KVM_SET_TSS_ADDR, unchecked((nint)TaskStates));
        _machine.Enable(KvmCapability.KVM_CAP_SPLIT_IRQCHIP, IoApicPins);
        const ulong unknownRegisters = 2; // KVM_MSR_EXIT_REASON_UNKNOWN
        _machine.Enable(KvmCapability.KVM_CAP_X86_USER_SPACE_MSR, unknownRegisters);
        // Else user programs of the guest get #UD for what KVM cannot emulate.
        if (CompletesInstructions && _machine.Check(KvmCapability.KVM_CAP_EXIT_ON_EMULATION_FAILURE) > 0)
            _machine.Enable(KvmCapability.KVM_CAP_EXIT_ON_EMULATION_FAILURE, 1);
        MapMemory(0);
    }

    private void MapMemory(uint flags)
    {
        var regions = _options.Memory.Regions;
        for (int slot = 0; slot < regions.Count; slot++)
        {
            var region = new KvmUserspaceMemoryRegion
            {
                Slot = (uint)slot, Flags = flags, GuestPhysicalAddress = regions[slot].Address, MemorySize = regions[slot].Length,
                UserspaceAddress = (ulong)(_options.Memory.Pointer + regions[slot].Offset),
            };
            _machine.Call(KvmRequest.KVM_SET_USER_MEMORY_REGION, ref region);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _dirtyPages?.Dispose();
        foreach (var processor in _processors ?? []) processor?.Dispose();
        _machine?.Dispose();
        _system.Dispose();
    }
}
