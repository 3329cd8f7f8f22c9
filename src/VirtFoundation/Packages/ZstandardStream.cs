using ZstdSharp;

namespace VirtFoundation.Packages;

/// <summary>
/// Decompresses Zstandard frames (RFC 8878), by ZstdSharp. A frame may ask for a window of up to 128 MiB, as the tools of others take it by
/// default; whoever reads bounds what comes out.
/// </summary>
internal sealed class ZstandardStream : ForwardStream
{
    private readonly DecompressionStream _frames;

    /// <summary>Reads from a stream, which is disposed with this one.</summary>
    internal ZstandardStream(Stream source) => _frames = new DecompressionStream(source, leaveOpen: false);

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
    protected override void Dispose(bool disposing)
    {
        if (disposing) _frames.Dispose();
        base.Dispose(disposing);
    }
}
