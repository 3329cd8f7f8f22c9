namespace VirtEngine.Hypervisors.Software;

/// <summary>A processor of a <see cref="SoftwarePartition"/>: the CPU, its local APIC, and what ties them together.</summary>
internal sealed class SoftwareProcessor : IVirtualProcessor, ISystemServices
{
    private readonly SoftwarePartition _partition;
    private readonly PartitionOptions _options;
    private readonly Lock _kickGate = new(); // whoever kicks may come when the processor goes
    private bool _isGone;

    internal SoftwareProcessor(int index, SoftwarePartition partition, PartitionOptions options)
    {
        _partition = partition;
        _options = options;
        Index = index;
        Cpu = new Cpu(index, options.Memory, options.Bus, this, options.Profile);
        Apic = new LocalApic(Cpu, partition, options.Clock, options.Profile);
        if (index != 0) Cpu.Activity = ProcessorActivity.WaitForSipi;
    }

    /// <inheritdoc/>
    public int Index { get; }

    internal Cpu Cpu { get; }

    internal LocalApic Apic { get; }

    /// <inheritdoc/>
    public Exit Run() => Cpu.Run();

    /// <inheritdoc/>
    public void Kick()
    {
        lock (_kickGate)
            if (!_isGone) Cpu.Request(PendingWork.Kick);
    }

    /// <inheritdoc/>
    public ProcessorState GetState()
    {
        var state = Cpu.GetState();
        state.Msrs[Msr.ApicBase] = Apic.BaseRegister;
        state.Msrs[Msr.TscDeadline] = Apic.Save(state.LocalApic);
        return state;
    }

    /// <inheritdoc/>
    public void SetState(ProcessorState state)
    {
        Cpu.SetState(state);
        // A state without APIC registers (their version is never 0) leaves the APIC as it is.
        if (state.LocalApic[0x30] == 0) return;
        state.Msrs.TryGetValue(Msr.ApicBase, out ulong apicBase);
        state.Msrs.TryGetValue(Msr.TscDeadline, out ulong deadline);
        Apic.Load(state.LocalApic, apicBase, deadline, Cpu.ReadTsc(), _options.Profile.TscHz);
    }

    /// <inheritdoc/>
    public unsafe ProcessorCounters Counters =>
        new(Volatile.Read(ref Cpu.State->Instructions), Cpu.PortAccesses, Cpu.MmioAccesses, Cpu.Interrupts, Cpu.Halts);

    int ISystemServices.ProcessorCount => _options.ProcessorCount;

    ulong ISystemServices.ReadTsc() => _partition.ReadTsc();

    ulong ISystemServices.ApicPage => Apic?.Page ?? ulong.MaxValue;

    ulong ISystemServices.ReadApic(int offset, int size) => Apic.Read(offset, size);

    void ISystemServices.WriteApic(int offset, int size, ulong value) => Apic.Write(offset, size, value);

    ulong ISystemServices.TaskPriority
    {
        get => Apic?.TaskPriority ?? 0;
        set { if (Apic is { } apic) apic.TaskPriority = value; }
    }

    bool ISystemServices.TryReadApicMsr(uint msr, out ulong value)
    {
        value = msr switch { Msr.ApicBase => Apic.BaseRegister, Msr.TscDeadline => Apic.TscDeadline, _ => 0 };
        return msr is Msr.ApicBase or Msr.TscDeadline;
    }

    bool ISystemServices.TryWriteApicMsr(uint msr, ulong value)
    {
        if (msr == Msr.ApicBase) return Apic.TrySetBase(value);
        if (msr != Msr.TscDeadline) return false;
        Apic.SetTscDeadline(value, Cpu.ReadTsc(), _options.Profile.TscHz);
        return true;
    }

    int ISystemServices.AcknowledgeInterrupt() => Apic.Acknowledge();

    object ISystemServices.BusLock => _partition.BusLock;

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_kickGate)
        {
            if (_isGone) return;
            _isGone = true;
        }
        Apic.Close();
        Cpu.Dispose();
    }
}
