using ZstdSharp;

namespace VirtEngine.Packages;

/// <summary>
/// Decompresses Zstandard frames (RFC 8878), by ZstdSharp. A frame may ask for a window of up to 128 MiB, as the tools of others take it by
/// default; whoever reads bounds what comes out.
/// </summary>
internal sealed class ZstandardStream : Stream
{
    private readonly DecompressionStream _frames;

    /// <summary>Reads from a stream, which is disposed with this one.</summary>
    internal ZstandardStream(Stream source) => _frames = new DecompressionStream(source, leaveOpen: false);

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
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The data is damaged, cut off, or asks for too large a window.</exception>
    public override int Read(Span<byte> buffer)
    {
        try
        {
            return _frames.Read(buffer);
        }
        catch (Exception e) when (e is ZstdException or EndOfStreamException)
        {
            throw new InvalidDataException($"zstd: {e.Message}", e);
        }
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
        if (disposing) _frames.Dispose();
        base.Dispose(disposing);
    }
}
