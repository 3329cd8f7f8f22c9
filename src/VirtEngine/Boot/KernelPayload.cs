using System.Buffers.Binary;
using System.IO.Compression;
using VirtFoundation.Packages;
using VirtFoundation.Packages.Xz;

namespace VirtEngine.Boot;

/// <summary>Decompresses the payload of a bzImage on the host, which a guest would take seconds for.</summary>
internal static class KernelPayload
{
    // Far above the largest distribution kernel (about 100 MiB), far below what would hurt the host.
    private const uint MaximumSize = 512 << 20;

    private static readonly (byte[] Magic, KernelCompression Compression)[] Magics =
    [
        ([0x7F, (byte)'E', (byte)'L', (byte)'F'], KernelCompression.None),
        ([0x1F, 0x8B], KernelCompression.Gzip),
        ([0x02, 0x21, 0x4C, 0x18], KernelCompression.Lz4),
        ([0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0], KernelCompression.Xz),
        ([0x28, 0xB5, 0x2F, 0xFD], KernelCompression.Zstandard),
        ([(byte)'B', (byte)'Z', (byte)'h'], KernelCompression.Bzip2),
        ([0x5D, 0, 0], KernelCompression.Lzma),
        ([0x89, (byte)'L', (byte)'Z', (byte)'O', 0], KernelCompression.Lzo),
    ];

    internal static KernelCompression Identify(ReadOnlySpan<byte> payload)
    {
        foreach (var (magic, compression) in Magics)
            if (payload.StartsWith(magic)) return compression;
        return KernelCompression.Unknown;
    }

    /// <summary>Whether <see cref="Decompress"/> knows the format.</summary>
    internal static bool CanDecompress(KernelCompression compression) =>
        compression is KernelCompression.None or KernelCompression.Gzip or KernelCompression.Lz4 or KernelCompression.Xz
            or KernelCompression.Zstandard;

    /// <summary>Decompresses a payload.</summary>
    /// <returns>The kernel as an ELF file.</returns>
    /// <exception cref="KernelFormatException">The payload is damaged, or its size is not what it says.</exception>
    internal static NativeBuffer Decompress(ReadOnlySpan<byte> payload, KernelCompression compression)
    {
        if (payload.Length < 8) throw new KernelFormatException(0x24C, "payload_length", $"{payload.Length} bytes hold no kernel");
        if (compression == KernelCompression.None)
        {
            var copy = new NativeBuffer(payload.Length);
            payload.CopyTo(copy.Span);
            return copy;
        }
        // The build appends the size to every payload but gzip's, whose own trailer ends with it.
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(payload[^4..]);
        if (size is 0 or > MaximumSize) throw new KernelFormatException(0x24C, "payload", $"its last bytes give an uncompressed size of {size} bytes");
        var kernel = new NativeBuffer((int)size);
        try
        {
            int written = compression switch
            {
                KernelCompression.Lz4 => Lz4LegacyFrame.Decode(payload[..^4], kernel.Span),
                KernelCompression.Gzip => Inflate(payload, kernel.Span, stream => new GZipStream(stream, CompressionMode.Decompress)),
                KernelCompression.Xz => Inflate(payload[..^4], kernel.Span, stream => new XzStream(stream)),
                KernelCompression.Zstandard => Inflate(payload[..^4], kernel.Span, stream => new ZstandardStream(stream)),
                _ => throw new NotSupportedException($"No decompressor for {compression}."),
            };
            if (written != kernel.Length) throw new KernelFormatException(0x24C, "payload", $"holds {written} bytes, not {kernel.Length}");
            return kernel;
        }
        catch (Exception e) when (e is InvalidDataException or Lz4Exception or XzException)
        {
            kernel.Dispose();
            throw new KernelFormatException(0x248, "payload", $"damaged: {e.Message}");
        }
        catch
        {
            kernel.Dispose();
            throw;
        }
    }

    private static unsafe int Inflate(ReadOnlySpan<byte> source, Span<byte> target, Func<Stream, Stream> decompressor)
    {
        fixed (byte* pointer = source)
        {
            using var compressed = new UnmanagedMemoryStream(pointer, source.Length);
            using var stream = decompressor(compressed);
            int written = stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
            if (written == target.Length && stream.ReadByte() >= 0)
                throw new KernelFormatException(0x24C, "payload", $"holds more than the {target.Length} bytes that it gives as its size");
            return written;
        }
    }
}
