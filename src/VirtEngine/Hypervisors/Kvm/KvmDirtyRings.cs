using VirtEngine.Hypervisors.Kvm.Interop;
using VirtEngine.Memory;

namespace VirtEngine.Hypervisors.Kvm;

/// <summary>
/// Written pages by the rings of the processors: what is collected costs by the pages written, and a processor that fills its ring leaves the
/// guest to have it emptied. What was read is kept in the memory's page tracker, with what devices wrote, until it is collected.
/// </summary>
internal sealed class KvmDirtyRings : IKvmDirtyPages
{
    private readonly KvmHandle _machine;
    private readonly GuestMemory _memory;
    private readonly IReadOnlyList<KvmProcessor> _processors;
    private readonly KvmDirtyRing[] _rings;

    // From the first entry read to the reset that makes KVM see the page's next write, and to the tracker's bits being moved out, nobody may come
    // between: a page that is told before it is watched again would lose what is written in the meantime.
    private readonly Lock _gate = new();

    /// <summary>Maps the rings.</summary>
    /// <param name="machine">The machine, for which <see cref="Enable"/> was called before it had processors.</param>
    /// <param name="memory">Its RAM.</param>
    /// <param name="processors">Its processors.</param>
    /// <param name="entries">Entries of a ring.</param>
    /// <exception cref="KvmException">They cannot be mapped.</exception>
    internal KvmDirtyRings(KvmHandle machine, GuestMemory memory, IReadOnlyList<KvmProcessor> processors, int entries)
    {
        (_machine, _memory, _processors) = (machine, memory, processors);
        _rings = new KvmDirtyRing[processors.Count];
        try
        {
            for (int i = 0; i < _rings.Length; i++) _rings[i] = processors[i].MapDirtyRing(entries);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Gives each processor that the machine will have a ring. From then on KVM has no bitmaps.</summary>
    /// <param name="machine">The machine, without processors.</param>
    /// <param name="entries">Entries of a ring, a power of two; KVM keeps 64 back, and 512 more where the processor has page-modification logging.</param>
    /// <exception cref="KvmException">The host's KVM has no rings, or none of this size.</exception>
    internal static unsafe void Enable(KvmHandle machine, int entries)
    {
        var capability = machine.Check(KvmCapability.KVM_CAP_DIRTY_LOG_RING_ACQ_REL) > 0
            ? KvmCapability.KVM_CAP_DIRTY_LOG_RING_ACQ_REL : KvmCapability.KVM_CAP_DIRTY_LOG_RING;
        int bytes = entries * sizeof(KvmDirtyGfn), most = machine.Check(capability);
        if (bytes > most)
            throw new KvmException($"The host's KVM has rings of written pages of at most {most} bytes ({capability}, since Linux 5.11), not {bytes}.");
        machine.Enable(capability, (ulong)bytes);
    }

    /// <inheritdoc/>
    public void Start()
    {
        TakeOut();
        lock (_gate)
        {
            // Left from the last time. The slots do not record.
            Empty();
            _memory.Pages.StartLogging();
        }
    }

    /// <inheritdoc/>
    public void Collect(Span<ulong> bitmap)
    {
        TakeOut();
        lock (_gate)
        {
            Empty();
            _memory.Pages.CollectDirty(bitmap);
        }
    }

    /// <inheritdoc/>
    public bool TryMakeRoom()
    {
        lock (_gate) Empty();
        return true;
    }

    // What the hardware has logged for itself (Intel's page-modification logging) comes into the ring when the processor leaves the guest.
    private void TakeOut()
    {
        foreach (var processor in _processors) processor.Leave();
    }

    private void Empty()
    {
        int read = 0;
        foreach (var ring in _rings) read += ring.Harvest(_memory);
        if (read > 0) _machine.Call(KvmRequest.KVM_RESET_DIRTY_RINGS);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var ring in _rings) ring?.Dispose();
    }
}
