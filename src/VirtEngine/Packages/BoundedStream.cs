namespace VirtEngine.Packages;

/// <summary>
/// A stream, read forward, that ends with an error instead of giving out more than its reader expects: a small compressed file can hold
/// more than a host has time and memory for.
/// </summary>
/// <param name="stream">The stream; disposed with this one.</param>
/// <param name="limit">Bytes that it may give out in all.</param>
internal sealed class BoundedStream(Stream stream, long limit) : Stream
{
    private long _position, _expected;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <summary>Says how many bytes from here on can be of use, before the next call says so anew.</summary>
    internal void Expect(long bytes) => _expected = _position + bytes;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">There is more than was expected.</exception>
    public override int Read(Span<byte> buffer)
    {
        int count = stream.Read(buffer);
        _position += count;
        if (_position > limit) throw new InvalidDataException($"more than {limit} bytes");
        if (_position > _expected) throw new InvalidDataException("a header of unreasonable size");
        return count;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) stream.Dispose();
        base.Dispose(disposing);
    }
}
