namespace VirtEngine.Networks;

/// <summary>What passed through one end of a cable, and what was lost there. Counted on several threads, read at any time.</summary>
internal sealed class NetworkCounters
{
    private long _framesIn, _bytesIn, _framesOut, _bytesOut, _droppedIn, _droppedOut, _malformed;

    /// <summary>Frames that came in and were taken.</summary>
    internal long FramesIn => Volatile.Read(ref _framesIn);

    /// <summary>Bytes of these.</summary>
    internal long BytesIn => Volatile.Read(ref _bytesIn);

    /// <summary>Frames that went out.</summary>
    internal long FramesOut => Volatile.Read(ref _framesOut);

    /// <summary>Bytes of these.</summary>
    internal long BytesOut => Volatile.Read(ref _bytesOut);

    /// <summary>Frames that came in and found no room or nobody.</summary>
    internal long DroppedIn => Volatile.Read(ref _droppedIn);

    /// <summary>Frames that should have gone out and found no room or no link.</summary>
    internal long DroppedOut => Volatile.Read(ref _droppedOut);

    /// <summary>Frames that are too short, too long or from an address that cannot be; dropped.</summary>
    internal long Malformed => Volatile.Read(ref _malformed);

    internal void CountIn(int bytes)
    {
        Interlocked.Increment(ref _framesIn);
        Interlocked.Add(ref _bytesIn, bytes);
    }

    internal void CountOut(int bytes)
    {
        Interlocked.Increment(ref _framesOut);
        Interlocked.Add(ref _bytesOut, bytes);
    }

    internal void CountDroppedIn() => Interlocked.Increment(ref _droppedIn);

    internal void CountDroppedOut() => Interlocked.Increment(ref _droppedOut);

    internal void CountMalformed() => Interlocked.Increment(ref _malformed);
}
