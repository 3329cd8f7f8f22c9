namespace VirtEngine.Networks;

/// <summary>
/// One port of a switch: a thread that takes frames in and forwards them, and one that sends what was queued. The queue is bounded: whoever does
/// not take its frames loses them and holds up nobody.
/// </summary>
internal sealed class SwitchPort
{
    /// <summary>Bytes of frames that wait for a port.</summary>
    internal const int QueueSize = 256 << 10;

    private const int StackSize = 256 << 10;

    private readonly EthernetSwitch _switch;
    private readonly IFrameLink _link;
    private readonly FrameStreamReader _reader = new();
    private readonly object _gate = new();
    private readonly Thread _receiving, _sending;
    private FrameBatch _queued = new(QueueSize), _going = new(QueueSize);
    private bool _ended;

    /// <param name="owner">The switch.</param>
    /// <param name="link">What is plugged in; the port disposes of it.</param>
    /// <param name="name">What it is called.</param>
    internal SwitchPort(EthernetSwitch owner, IFrameLink link, string name)
    {
        _switch = owner;
        _link = link;
        Name = name;
        _receiving = new Thread(Receive, StackSize) { IsBackground = true, Name = $"{name} in" };
        _sending = new Thread(Send, StackSize) { IsBackground = true, Name = $"{name} out" };
    }

    /// <summary>What it is called.</summary>
    internal string Name { get; }

    /// <summary>What passed and what was lost.</summary>
    internal NetworkCounters Counters { get; } = new();

    /// <summary>Addresses that the table holds for it; the table's lock is held.</summary>
    internal int Addresses { get; set; }

    internal void Start()
    {
        _sending.Start();
        _receiving.Start();
    }

    /// <summary>Queues a frame to go out. Never waits.</summary>
    internal void Enqueue(ReadOnlySpan<byte> frame)
    {
        bool taken;
        lock (_gate)
        {
            taken = !_ended && _queued.TryAppend(frame);
            if (taken) Monitor.Pulse(_gate);
        }
        if (taken) Counters.CountOut(frame.Length);
        else Counters.CountDroppedOut();
    }

    /// <summary>Unplugs it. The threads end by themselves; <see cref="Join"/> waits for them.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.Pulse(_gate);
        }
        _link.Close();
    }

    internal void Join() => _receiving.Join();

    private void Receive()
    {
        int count;
        while (!_reader.IsBroken && (count = _link.Receive(_reader.Room)) > 0)
        {
            _reader.Advance(count);
            while (_reader.TryTake(out var frame)) _switch.Forward(this, frame);
        }
        if (_reader.IsBroken) Counters.CountMalformed();
        Close();
        _sending.Join();
        _switch.Remove(this);
        _link.Dispose();
    }

    private void Send()
    {
        while (TryTake(out var batch))
        {
            if (!_link.TrySend(batch.Content)) { Close(); return; }
            batch.Clear();
        }
    }

    private bool TryTake(out FrameBatch batch)
    {
        lock (_gate)
        {
            while (_queued.Length == 0 && !_ended) Monitor.Wait(_gate);
            (_queued, _going) = (_going, _queued);
            batch = _going;
            return !_ended;
        }
    }
}
