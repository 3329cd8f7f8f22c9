namespace VirtEngine.Hypervisors.Software;

/// <summary>A machine's processors on the software CPU, and the messages between their local APICs.</summary>
internal sealed class SoftwarePartition : IPartition
{
    private const int Fixed = 0, LowestPriority = 1, Smi = 2, NonMaskable = 4, InitSignal = 5, StartUp = 6, External = 7;

    private readonly PartitionOptions _options;
    private readonly SoftwareProcessor[] _processors;
    private Func<byte> _acknowledge = () => 0xFF;
    private int _lastLowest;

    internal SoftwarePartition(PartitionOptions options)
    {
        _options = options;
        _processors = new SoftwareProcessor[options.ProcessorCount];
        for (int i = 0; i < _processors.Length; i++) _processors[i] = new SoftwareProcessor(i, this, options);
        options.Memory.Pages.WriteProtected += ProtectPage;
    }

    /// <inheritdoc/>
    public IReadOnlyList<IVirtualProcessor> Processors => _processors;

    /// <inheritdoc/>
    public CpuProfile Profile => _options.Profile;

    /// <inheritdoc/>
    public event Action<byte>? EndOfInterrupt;

    /// <summary>Held by accesses that the host cannot make atomic.</summary>
    internal object BusLock { get; } = new();

    /// <inheritdoc/>
    public void SendMsi(ulong address, uint data)
    {
        if (address >> 20 != 0xFEE) return;
        Deliver((uint)(address >> 12) & 0xFF, (address & 4) != 0, (int)(data >> 8) & 7, (byte)data, (data & 0x8000) != 0, null);
    }

    /// <inheritdoc/>
    public void SetExternalInterrupt(bool level, Func<byte> acknowledge)
    {
        _acknowledge = acknowledge;
        _processors[0].Apic.SetExternalInterrupt(level);
    }

    /// <inheritdoc/>
    /// <remarks>The local APICs tell the end of every level-triggered interrupt.</remarks>
    public void SetIoApicEntry(int pin, ulong address, uint data)
    {
    }

    /// <inheritdoc/>
    /// <remarks>Counters and timers run by the machine's clock.</remarks>
    public void StopTime()
    {
    }

    /// <inheritdoc/>
    public void StartTime()
    {
    }

    /// <inheritdoc/>
    public void StartDirtyTracking() => _options.Memory.Pages.StartLogging();

    /// <inheritdoc/>
    public void CollectDirty(Span<ulong> bitmap) => _options.Memory.Pages.CollectDirty(bitmap);

    /// <inheritdoc/>
    public void StopDirtyTracking() => _options.Memory.Pages.StopLogging();

    internal ulong ReadTsc() => (ulong)(_options.Clock.Now * (_options.Profile.TscHz / 1e9));

    internal byte AcknowledgePic() => _acknowledge();

    internal void BroadcastEndOfInterrupt(byte vector) => EndOfInterrupt?.Invoke(vector);

    /// <summary>Sends what a processor wrote to its interrupt command register (Intel SDM vol. 3, 10.6).</summary>
    internal void SendIpi(int from, uint command, uint destination)
    {
        int mode = (int)(command >> 8) & 7;
        byte vector = (byte)command;
        bool level = (command & 0x8000) != 0, assert = (command & 0x4000) != 0;
        int shorthand = (int)(command >> 18) & 3;
        // INIT level de-assert only set arbitration IDs on old buses.
        if (mode == InitSignal && level && !assert) return;
        if (mode is Fixed or LowestPriority && vector < 16) { _processors[from].Apic.RaiseSendError(); return; }
        switch (shorthand)
        {
            case 0: Deliver(destination, (command & 0x800) != 0, mode, vector, level: false, null); break;
            case 1: DeliverTo(_processors[from], mode, vector, level: false); break;
            case 2: Deliver(0xFF, logical: false, mode, vector, level: false, null); break;
            case 3: Deliver(0xFF, logical: false, mode, vector, level: false, _processors[from]); break;
        }
    }

    private void Deliver(uint destination, bool logical, int mode, byte vector, bool level, SoftwareProcessor? except)
    {
        if (mode == LowestPriority)
        {
            SoftwareProcessor? lowest = null;
            // Beginning behind the last one spreads interrupts over processors of equal priority.
            for (int i = 1; i <= _processors.Length; i++)
            {
                var candidate = _processors[(_lastLowest + i) % _processors.Length];
                if (candidate != except && candidate.Apic.Matches(destination, logical)
                    && (lowest is null || candidate.Apic.ArbitrationClass < lowest.Apic.ArbitrationClass)) lowest = candidate;
            }
            if (lowest is null) return;
            _lastLowest = lowest.Index;
            DeliverTo(lowest, Fixed, vector, level);
            return;
        }
        foreach (var processor in _processors)
            if (processor != except && processor.Apic.Matches(destination, logical)) DeliverTo(processor, mode, vector, level);
    }

    private static void DeliverTo(SoftwareProcessor processor, int mode, byte vector, bool level)
    {
        switch (mode)
        {
            case Fixed: processor.Apic.Accept(vector, level); break;
            case NonMaskable: processor.Cpu.RequestNmi(); break;
            case InitSignal:
                processor.Apic.Reset();
                processor.Cpu.Request(PendingWork.Init);
                break;
            case StartUp: processor.Cpu.RequestSipi(vector); break;
            case External: processor.Apic.SetExternalInterrupt(true); break;
            case Smi: break; // there is no system management mode
        }
    }

    private void ProtectPage(ulong page)
    {
        foreach (var processor in _processors) processor.Cpu.ProtectPage(page);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _options.Memory.Pages.WriteProtected -= ProtectPage;
        foreach (var processor in _processors) processor.Dispose();
    }
}
