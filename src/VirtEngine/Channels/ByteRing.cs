namespace VirtEngine.Channels;

/// <summary>A bounded queue of bytes. Not thread-safe.</summary>
internal sealed class ByteRing(int capacity)
{
    private readonly byte[] buffer = new byte[capacity];
    private int head;

    /// <summary>Bytes in it.</summary>
    internal int Count { get; private set; }

    /// <summary>Bytes that still fit.</summary>
    internal int Free => buffer.Length - Count;

    /// <summary>Appends as much as fits.</summary>
    /// <returns>Bytes taken from the front of <paramref name="data"/>.</returns>
    internal int Write(ReadOnlySpan<byte> data)
    {
        int taken = Math.Min(data.Length, Free);
        int tail = (head + Count) % buffer.Length;
        int first = Math.Min(taken, buffer.Length - tail);
        data[..first].CopyTo(buffer.AsSpan(tail));
        data[first..taken].CopyTo(buffer);
        Count += taken;
        return taken;
    }

    /// <summary>Appends everything; what does not fit pushes the oldest bytes out.</summary>
    internal void WriteDroppingOldest(ReadOnlySpan<byte> data)
    {
        if (data.Length > buffer.Length) data = data[^buffer.Length..];
        int excess = data.Length - Free;
        if (excess > 0) Skip(excess);
        Write(data);
    }

    /// <summary>Takes the oldest bytes out.</summary>
    internal int Read(Span<byte> destination)
    {
        int taken = Math.Min(destination.Length, Count);
        int first = Math.Min(taken, buffer.Length - head);
        buffer.AsSpan(head, first).CopyTo(destination);
        buffer.AsSpan(0, taken - first).CopyTo(destination[first..]);
        Skip(taken);
        return taken;
    }

    /// <summary>Drops everything.</summary>
    internal void Clear() => head = Count = 0;

    /// <summary>A copy of the content, oldest first.</summary>
    internal byte[] ToArray()
    {
        byte[] copy = new byte[Count];
        int first = Math.Min(Count, buffer.Length - head);
        buffer.AsSpan(head, first).CopyTo(copy);
        buffer.AsSpan(0, Count - first).CopyTo(copy.AsSpan(first));
        return copy;
    }

    private void Skip(int count)
    {
        head = (head + count) % buffer.Length;
        Count -= count;
    }
}
