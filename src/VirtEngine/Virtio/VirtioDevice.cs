using VirtEngine.Bus;
using VirtEngine.Memory;

namespace VirtEngine.Virtio;

/// <summary>
/// What all virtio devices have, without a transport: status, feature negotiation, queues, configuration. Requests are served on the thread
/// that brings them (a processor's notification, the host's write), under <see cref="Gate"/>.
/// </summary>
internal abstract class VirtioDevice : IDisposable
{
    /// <summary>VIRTIO_F_INDIRECT_DESC.</summary>
    protected const ulong IndirectDescriptors = 1ul << 28;

    /// <summary>VIRTIO_F_VERSION_1.</summary>
    protected const ulong Version1 = 1ul << 32;

    private readonly VirtQueue[] _queues;
    private VirtioStatus _status;

    /// <param name="memory">The guest's RAM.</param>
    /// <param name="queueSizes">The largest size of each queue, powers of two.</param>
    protected VirtioDevice(GuestMemory memory, params ReadOnlySpan<ushort> queueSizes)
    {
        _queues = new VirtQueue[queueSizes.Length];
        for (int i = 0; i < _queues.Length; i++) _queues[i] = new VirtQueue(memory, queueSizes[i]);
    }

    /// <summary>Device type (virtio 1.2, 5).</summary>
    internal abstract ushort DeviceType { get; }

    /// <summary>PCI class code, subclass and interface.</summary>
    internal abstract uint PciClass { get; }

    /// <summary>Feature bits on offer.</summary>
    internal virtual ulong OfferedFeatures => Version1 | IndirectDescriptors;

    /// <summary>Serialises everything that touches the device.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>Set by the transport.</summary>
    internal IVirtioInterrupts? Interrupts { get; set; }

    internal IReadOnlyList<VirtQueue> Queues => _queues;

    /// <summary>Feature bits the driver wants.</summary>
    internal ulong DriverFeatures { get; private set; }

    internal VirtioStatus Status => _status;

    /// <summary>What the driver did wrong, when the device needs a reset.</summary>
    internal string? Reason { get; private set; }

    /// <summary>Whether the driver has finished its set-up and done nothing wrong.</summary>
    internal bool IsLive => (_status & (VirtioStatus.DriverOk | VirtioStatus.NeedsReset)) == VirtioStatus.DriverOk;

    /// <summary>The driver chooses features, until they are settled.</summary>
    internal void SetDriverFeatures(ulong features)
    {
        if ((_status & VirtioStatus.FeaturesOk) == 0) DriverFeatures = features;
    }

    /// <summary>The driver writes the status field: 0 resets, other bits add up.</summary>
    internal void SetStatus(VirtioStatus value)
    {
        if (value == VirtioStatus.None) { Reset(); return; }
        var added = value & ~_status & ~VirtioStatus.NeedsReset;
        bool acceptable = (DriverFeatures & ~OfferedFeatures) == 0 && (DriverFeatures & Version1) != 0;
        if (!acceptable) added &= ~VirtioStatus.FeaturesOk;
        if (((_status | added) & VirtioStatus.FeaturesOk) == 0) added &= ~VirtioStatus.DriverOk;
        _status |= added;
    }

    /// <summary>The driver hands a queue over.</summary>
    internal void EnableQueue(int index)
    {
        if (!_queues[index].Enabled && !_queues[index].TryEnable()) Fail(index);
    }

    /// <summary>The driver has put requests into a queue.</summary>
    internal void Notify(int index)
    {
        if (index >= _queues.Length || !IsLive) return;
        Serve(index);
        CheckQueues();
    }

    /// <summary>Stops the device if something is wrong in one of its queues.</summary>
    protected void CheckQueues()
    {
        for (int i = 0; i < _queues.Length; i++)
            if (_queues[i].Error is not null) Fail(i);
    }

    /// <summary>Runs <see cref="Serve"/> for a reason of the device's own.</summary>
    protected void ServeNow(int index)
    {
        lock (Gate) Notify(index);
    }

    /// <summary>Back to what the device is after power-up.</summary>
    internal void Reset()
    {
        _status = VirtioStatus.None;
        DriverFeatures = 0;
        Reason = null;
        foreach (var queue in _queues) queue.Reset();
        OnReset();
    }

    /// <summary>Reads the device's own configuration; what lies behind it reads as zero.</summary>
    internal virtual ulong ReadConfiguration(int offset, int size) => 0;

    /// <summary>Writes the device's own configuration; what the driver may not write stays as it is.</summary>
    internal virtual void WriteConfiguration(int offset, int size, ulong value) { }

    /// <summary>Takes a notification without the device's lock, for a device that serves its queues on a thread of its own.</summary>
    /// <returns>False if the device serves them on the thread that notifies, by <see cref="Notify"/>.</returns>
    internal virtual bool TryKick(int index) => false;

    /// <summary>
    /// The driver notifies by stores to these addresses from now on: what the hypervisor can take without an exit, it shall. <see cref="Gate"/> is
    /// held.
    /// </summary>
    /// <param name="host">The hypervisor's.</param>
    /// <param name="address">Where the first queue is notified.</param>
    /// <param name="stride">Bytes from there to the next queue's.</param>
    internal virtual void BindDoorbells(IDoorbellHost host, ulong address, int stride) { }

    /// <summary>Undoes <see cref="BindDoorbells"/>; nothing that was rung is lost.</summary>
    internal virtual void ReleaseDoorbells() { }

    /// <summary>Serves the requests in a queue: at most as many as it has descriptors.</summary>
    protected abstract void Serve(int index);

    /// <summary>Finishes what is under way. The processors stand already.</summary>
    internal virtual void Hold() { }

    /// <summary>The machine goes on.</summary>
    internal virtual void Release() { }

    /// <summary>Forgets what the driver did.</summary>
    protected virtual void OnReset() { }

    /// <summary>Stops the device until the driver resets it (virtio 1.2, 2.1.2).</summary>
    protected void Fail(string reason)
    {
        if (Reason is not null) return;
        Reason = reason;
        _status |= VirtioStatus.NeedsReset;
        if ((_status & VirtioStatus.DriverOk) != 0) Interrupts?.RaiseConfiguration();
    }

    /// <summary>Tells the driver of buffers that were used, if it wants to know.</summary>
    protected void TellUsed(int index)
    {
        if (_queues[index].WantsInterrupt()) Interrupts?.RaiseQueue(index);
    }

    private void Fail(int index) => Fail($"Queue {index}: {_queues[index].Error}.");

    internal virtual void Save(BinaryWriter writer)
    {
        writer.Write((byte)_status); writer.Write(DriverFeatures); writer.Write(Reason ?? "");
        foreach (var queue in _queues) queue.Save(writer);
    }

    internal virtual void Load(BinaryReader reader)
    {
        Reset();
        _status = (VirtioStatus)reader.ReadByte();
        DriverFeatures = reader.ReadUInt64();
        string reason = reader.ReadString();
        Reason = reason.Length > 0 ? reason : null;
        foreach (var queue in _queues) queue.Load(reader);
    }

    /// <summary>Lets go of the RAM and of what the host's side holds on to: afterwards nothing that comes in reaches a queue.</summary>
    public virtual void Dispose()
    {
        lock (Gate) Reset();
        GC.SuppressFinalize(this);
    }
}
