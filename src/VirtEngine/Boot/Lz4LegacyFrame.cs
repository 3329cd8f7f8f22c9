using System.Buffers.Binary;

namespace VirtEngine.Boot;

/// <summary>Decoder of LZ4's legacy frame, which Linux uses for kernels (lz4_Frame_format.md, "Legacy frame").</summary>
internal static class Lz4LegacyFrame
{
    internal const uint Magic = 0x184C2102;
    private const int BlockSize = 8 << 20;

    // What a block of incompressible bytes can grow to (LZ4_COMPRESSBOUND).
    private const int MaxCompressedBlock = BlockSize + BlockSize / 255 + 16;

    /// <summary>Decodes a frame.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="Lz4Exception">The frame is cut off, damaged, or holds more than <paramref name="target"/> has room for.</exception>
    internal static int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (source.Length < 4 || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic) throw new Lz4Exception(0, "magic", "not a legacy frame");
        int input = 4, output = 0;
        while (input < source.Length)
        {
            if (source.Length - input < 4) throw new Lz4Exception(input, "block size", "the frame ends");
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(source[input..]);
            input += 4;
            if (size == Magic) continue; // frames may follow each other
            if (size > MaxCompressedBlock) throw new Lz4Exception(input - 4, "block size", $"{size} bytes; at most {MaxCompressedBlock} are possible");
            if (size > source.Length - input) throw new Lz4Exception(input - 4, "block size", $"{size} bytes, but only {source.Length - input} follow");
            var room = target[output..];
            output += Lz4Block.Decode(source.Slice(input, (int)size), room[..Math.Min(room.Length, BlockSize)], input);
            input += (int)size;
        }
        return output;
    }
}
