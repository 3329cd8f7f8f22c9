using VirtEngine.Memory;

namespace VirtEngine.Virtio;

/// <summary>
/// A device that serves its queues on a thread of its own: a notification marks the queue and returns at once. The thread takes the
/// device's lock for each bounded batch of requests, so that a processor that reads a register waits for one batch at most.
/// </summary>
internal abstract class ThreadedVirtioDevice : VirtioDevice
{
    private readonly object _wakeGate = new();
    private readonly Thread _thread;
    private uint _pending, _heldBack;
    private bool _ended;

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
        lock (_wakeGate) Monitor.Pulse(_wakeGate);
    }

    /// <summary>Called on the device's thread after each batch of a queue, without the lock.</summary>
    protected virtual void OnServed(int index) { }

    private void Run()
    {
        while (TryTake(out uint pending))
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

    private bool TryTake(out uint pending)
    {
        lock (_wakeGate)
        {
            while ((pending = Interlocked.Exchange(ref _pending, 0)) == 0 && !_ended) Monitor.Wait(_wakeGate);
            return !_ended;
        }
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
        lock (_wakeGate)
        {
            _ended = true;
            Monitor.Pulse(_wakeGate);
        }
        _thread.Join();
    }
}
