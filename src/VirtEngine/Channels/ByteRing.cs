namespace VirtEngine.Channels;

/// <summary>A bounded queue of bytes. Not thread-safe.</summary>
internal sealed class ByteRing(int capacity)
{
    private readonly byte[] _buffer = new byte[capacity];
    private int _head;

    /// <summary>Bytes in it.</summary>
    internal int Count { get; private set; }

    /// <summary>Bytes that still fit.</summary>
    internal int Free => _buffer.Length - Count;

    /// <summary>Appends as much as fits.</summary>
    /// <returns>Bytes taken from the front of <paramref name="data"/>.</returns>
    internal int Write(ReadOnlySpan<byte> data)
    {
        int taken = Math.Min(data.Length, Free);
        int tail = (_head + Count) % _buffer.Length;
        int first = Math.Min(taken, _buffer.Length - tail);
        data[..first].CopyTo(_buffer.AsSpan(tail));
        data[first..taken].CopyTo(_buffer);
        Count += taken;
        return taken;
    }

    /// <summary>Appends everything; what does not fit pushes the oldest bytes out.</summary>
    internal void WriteDroppingOldest(ReadOnlySpan<byte> data)
    {
        if (data.Length > _buffer.Length) data = data[^_buffer.Length..];
        int excess = data.Length - Free;
        if (excess > 0) Skip(excess);
        Write(data);
    }

    /// <summary>Takes the oldest bytes out.</summary>
    internal int Read(Span<byte> destination)
    {
        int taken = Math.Min(destination.Length, Count);
        int first = Math.Min(taken, _buffer.Length - _head);
        _buffer.AsSpan(_head, first).CopyTo(destination);
        _buffer.AsSpan(0, taken - first).CopyTo(destination[first..]);
        Skip(taken);
        return taken;
    }

    /// <summary>Drops everything.</summary>
    internal void Clear() => _head = Count = 0;

    /// <summary>A copy of the content, oldest first.</summary>
    internal byte[] ToArray()
    {
        byte[] copy = new byte[Count];
        int first = Math.Min(Count, _buffer.Length - _head);
        _buffer.AsSpan(_head, first).CopyTo(copy);
        _buffer.AsSpan(0, Count - first).CopyTo(copy.AsSpan(first));
        return copy;
    }

    private void Skip(int count)
    {
        _head = (_head + count) % _buffer.Length;
        Count -= count;
    }
}
