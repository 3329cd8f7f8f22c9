namespace VirtFoundation.Packages;

/// <summary>
/// A stream, read forward, that ends with an error instead of giving out more than its reader expects: a small compressed file can hold
/// more than a host has time and memory for.
/// </summary>
/// <param name="stream">The stream; disposed with this one.</param>
/// <param name="limit">Bytes that it may give out in all.</param>
internal sealed class BoundedStream(Stream stream, long limit) : ForwardStream
{
    private long _position, _expected;

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
    protected override void Dispose(bool disposing)
    {
        if (disposing) stream.Dispose();
        base.Dispose(disposing);
    }
}
