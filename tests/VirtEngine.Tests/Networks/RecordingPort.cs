using VirtEngine.Networks;

namespace VirtEngine.Tests.Networks;

/// <summary>A cable's end that keeps what goes out and gives in what the test says.</summary>
internal sealed class RecordingPort : INetworkPort
{
    private readonly FrameBatch _batch = new(NetworkPort.BatchSize);
    private readonly FrameStreamReader _reader = new();
    private readonly Queue<byte[]> _sent = new();
    private bool _isUp = true;

    public bool IsUp
    {
        get => _isUp;
        set
        {
            _isUp = value;
            Receiver?.LinkChanged();
        }
    }

    /// <summary>Whether frames are kept; else they are counted alone, without allocation.</summary>
    internal bool Keeps { get; init; } = true;

    internal long Flushed;

    public NetworkCounters Counters { get; } = new();

    public INetworkReceiver? Receiver { get; set; }

    public Span<byte> Append(int length) => _isUp ? _batch.Append(length) : default;

    public void Flush()
    {
        if (Keeps)
        {
            _batch.Content.CopyTo(_reader.Room);
            _reader.Advance(_batch.Length);
            lock (_sent)
            {
                while (_reader.TryTake(out var frame)) _sent.Enqueue(frame.ToArray());
                Monitor.PulseAll(_sent);
            }
        }
        Interlocked.Add(ref Flushed, _batch.Length);
        _batch.Clear();
    }

    /// <summary>Waits for the next frame that the guest sent.</summary>
    internal byte[] Take()
    {
        lock (_sent)
        {
            while (_sent.Count == 0) Assert.True(Monitor.Wait(_sent, TimeSpan.FromSeconds(20)), "no frame came");
            return _sent.Dequeue();
        }
    }

    public void Dispose() => Receiver = null;
}
