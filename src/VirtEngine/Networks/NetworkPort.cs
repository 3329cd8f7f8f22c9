namespace VirtEngine.Networks;

/// <summary>
/// A machine's end of a link that may come and go: a thread keeps it connected and takes frames in. While there is no link, frames are
/// lost and the guest sees its cable unplugged.
/// </summary>
internal sealed class NetworkPort : INetworkPort
{
    /// <summary>Bytes that one batch may have: more than a device sends between two flushes.</summary>
    internal const int BatchSize = 128 << 10;

    // Nothing tells that a switch is there again: it is looked for.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Func<IFrameLink?> _connect;
    private readonly FrameBatch _batch = new(BatchSize);
    private readonly FrameStreamReader _reader = new();
    private readonly Thread _thread;
    private readonly object _gate = new();
    private volatile IFrameLink? _link;
    private volatile INetworkReceiver? _receiver;
    private bool _ended;

    /// <param name="name">The thread's name.</param>
    /// <param name="connect">Makes the link, or gives null if that is not possible now. What it throws ends the process: it is for broken promises.</param>
    /// <param name="link">A link that is there already.</param>
    internal NetworkPort(string name, Func<IFrameLink?> connect, IFrameLink? link = null)
    {
        _connect = connect;
        _link = link;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    public bool IsUp => _link is not null;

    public NetworkCounters Counters { get; } = new();

    public INetworkReceiver? Receiver { get => _receiver; set => _receiver = value; }

    public Span<byte> Append(int length)
    {
        var room = _link is null ? default : _batch.Append(length);
        if (room.IsEmpty) Counters.CountDroppedOut();
        else Counters.CountOut(length);
        return room;
    }

    public void Flush()
    {
        if (_batch.Length == 0) return;
        // The receiving thread finds the end of a link that failed here, and disposes of it.
        if (_link is { } link && !link.TrySend(_batch.Content)) link.Close();
        _batch.Clear();
    }

    private void Run()
    {
        while (true)
        {
            if ((_link ?? _connect()) is { } link)
            {
                Carry(link);
                _link = null;
                _receiver?.LinkChanged();
                link.Dispose();
            }
            lock (_gate)
            {
                if (!_ended) Monitor.Wait(_gate, Pause);
                if (_ended) return;
            }
        }
    }

    private void Carry(IFrameLink link)
    {
        lock (_gate)
        {
            if (_ended) return;
            _link = link;
        }
        _receiver?.LinkChanged();
        _reader.Clear();
        int count;
        while (!_reader.IsBroken && (count = link.Receive(_reader.Room)) > 0)
        {
            _reader.Advance(count);
            while (_reader.TryTake(out var frame)) Take(frame);
        }
    }

    private void Take(ReadOnlySpan<byte> frame)
    {
        if (!EthernetFrame.IsCarried(frame.Length)) Counters.CountMalformed();
        else if (_receiver is { } receiver && receiver.Receive(frame)) Counters.CountIn(frame.Length);
        else Counters.CountDroppedIn();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            _link?.Close();
            Monitor.Pulse(_gate);
        }
        _thread.Join();
    }
}
