using VirtEngine.Bus;
using VirtEngine.Memory;

namespace VirtEngine.Virtio;

/// <summary>
/// A device that serves its queues on a thread of its own: a notification marks the queue and returns at once, or does not come here at all
/// where the hypervisor rings the thread's doorbell. The thread takes the device's lock for each bounded batch of requests, so that a processor
/// that reads a register waits for one batch at most.
/// </summary>
internal abstract class ThreadedVirtioDevice : VirtioDevice
{
    private readonly Doorbell _doorbell = Doorbell.Create();
    private readonly Thread _thread;
    private IDoorbellHost? _host;
    private ulong _address;
    private int _stride;
    private uint _pending, _heldBack;
    private uint _bound;            // queues that the hypervisor rings for
    private bool _isAsleep, _isEnded;

    /// <param name="memory">The guest's RAM.</param>
    /// <param name="name">The thread's name.</param>
    /// <param name="queueSizes">The largest size of each queue, powers of two; at most 32 queues.</param>
    protected ThreadedVirtioDevice(GuestMemory memory, string name, params ReadOnlySpan<ushort> queueSizes) : base(memory, queueSizes)
    {
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Whether the machine is paused: nothing touches its memory. Read under the lock.</summary>
    protected bool IsHeld { get; private set; }

    /// <summary>The machine is paused: when this returns, the device touches no memory before <see cref="Release"/>.</summary>
    internal override void Hold()
    {
        lock (Gate) IsHeld = true;
    }

    /// <summary>The machine goes on.</summary>
    internal override void Release()
    {
        uint waiting;
        lock (Gate)
        {
            IsHeld = false;
            waiting = _heldBack;
            _heldBack = 0;
        }
        if (waiting != 0) Wake(waiting);
    }

    internal sealed override bool TryKick(int index)
    {
        if (index < Queues.Count) Wake(1u << index);
        return true;
    }

    /// <summary>Has queues served on the device's thread: one bit each.</summary>
    protected void Wake(uint queues)
    {
        if ((Interlocked.Or(ref _pending, queues) & queues) == queues) return;      // whoever marked them wakes the thread
        if (Volatile.Read(ref _isAsleep) && Interlocked.Exchange(ref _isAsleep, false)) _doorbell.Ring();
    }

    internal override void BindDoorbells(IDoorbellHost host, ulong address, int stride)
    {
        (_host, _address, _stride) = (host, address, stride);
        for (int index = 0; index < Queues.Count; index++)
        {
            if (!Queues[index].Enabled) continue;
            // Said before: from the binding on it may be rung.
            Interlocked.Or(ref _bound, 1u << index);
            if (!host.TryBindDoorbell(AddressOf(index), _doorbell)) Interlocked.And(ref _bound, ~(1u << index));
        }
    }

    internal override void ReleaseDoorbells()
    {
        uint bound = _bound;
        for (int index = 0; index < Queues.Count; index++)
            if ((bound >> index & 1) != 0) _host!.ReleaseDoorbell(AddressOf(index), _doorbell);
        Volatile.Write(ref _bound, 0);
        if (bound != 0) Wake(bound);        // a ring that nobody has heard yet does not say for whom it was
    }

    private ulong AddressOf(int index) => _address + (ulong)(index * _stride);

    /// <summary>Called on the device's thread after each batch of a queue, without the lock.</summary>
    protected virtual void OnServed(int index) { }

    private void Run()
    {
        while (Take() is var pending and not 0)
        {
            for (int index = 0; pending != 0; index++, pending >>= 1)
            {
                if ((pending & 1) == 0) continue;
                lock (Gate)
                {
                    if (IsHeld) { _heldBack |= 1u << index; continue; }
                    Notify(index);
                }
                OnServed(index);
            }
        }
    }

    /// <summary>Waits for queues to serve.</summary>
    /// <returns>One bit each; 0 is the end.</returns>
    private uint Take()
    {
        while (!Volatile.Read(ref _isEnded))
        {
            uint marked = Interlocked.Exchange(ref _pending, 0);
            if (marked == 0)
            {
                // Who marks a queue after this look rings.
                Interlocked.Exchange(ref _isAsleep, true);
                if (Volatile.Read(ref _pending) == 0 && !Volatile.Read(ref _isEnded)) _doorbell.Wait();
                Volatile.Write(ref _isAsleep, false);
                marked = Interlocked.Exchange(ref _pending, 0);
            }
            // The hypervisor marks nothing: a look into each of its queues costs less than a doorbell of its own would. They are looked at in
            // every round, since who is never out of work never comes to the doorbell.
            marked |= Volatile.Read(ref _bound);
            if (marked != 0) return marked;
        }
        return 0;
    }

    internal override void Load(BinaryReader reader)
    {
        base.Load(reader);
        Wake(uint.MaxValue >> (32 - Queues.Count));     // what was marked when the state was taken
    }

    /// <summary>Ends the thread; it holds nothing of the machine afterwards.</summary>
    public override void Dispose()
    {
        base.Dispose();
        if (Interlocked.Exchange(ref _isEnded, true)) return;
        _doorbell.Ring();
        _thread.Join();
        _doorbell.Dispose();
    }
}
