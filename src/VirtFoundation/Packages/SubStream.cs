namespace VirtFoundation.Packages;

/// <summary>A range of a stream, read forward. Disposing it leaves the stream open.</summary>
internal sealed class SubStream(Stream stream, long start, long length) : ForwardStream
{
    private long _position;

    /// <inheritdoc/>
    public override long Length => length;

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int count = (int)Math.Min(buffer.Length, length - _position);
        if (count == 0) return 0;
        stream.Position = start + _position;
        count = stream.Read(buffer[..count]);
        _position += count;
        return count;
    }
}
