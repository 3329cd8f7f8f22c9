using System.Buffers.Binary;

namespace VirtEngine.Boot;

/// <summary>Decoder of LZ4's legacy frame, which Linux uses for kernels (lz4_Frame_format.md, "Legacy frame").</summary>
internal static unsafe class Lz4LegacyFrame
{
    internal const uint Magic = 0x184C2102;
    private const int BlockSize = 8 << 20;

    // What a block of incompressible bytes can grow to (LZ4_COMPRESSBOUND).
    private const int MaxCompressedBlock = BlockSize + BlockSize / 255 + 16;

    /// <summary>Decodes frames that follow each other. Their blocks know nothing of each other, so all processors of the host decode at once.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="Lz4Exception">A frame is cut off, damaged, or holds more than <paramref name="target"/> has room for.</exception>
    internal static int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (source.Length < 4 || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic) throw new Lz4Exception(0, "magic", "not a legacy frame");
        int input = 4, output = 0;
        while (input < source.Length)
        {
            var blocks = ReadFrame(source, ref input);
            output += Decode(source, blocks, target[output..]);
        }
        return output;
    }

    /// <summary>Finds the blocks up to the frame's end or the next frame's magic number.</summary>
    private static List<(int Start, int Length)> ReadFrame(ReadOnlySpan<byte> source, ref int input)
    {
        var blocks = new List<(int, int)>();
        while (input < source.Length)
        {
            if (source.Length - input < 4) throw new Lz4Exception(input, "block size", "the frame ends");
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(source[input..]);
            input += 4;
            if (size == Magic) break;
            if (size > MaxCompressedBlock) throw new Lz4Exception(input - 4, "block size", $"{size} bytes; at most {MaxCompressedBlock} are possible");
            if (size > source.Length - input) throw new Lz4Exception(input - 4, "block size", $"{size} bytes, but only {source.Length - input} follow");
            blocks.Add((input, (int)size));
            input += (int)size;
        }
        return blocks;
    }

    private static int Decode(ReadOnlySpan<byte> source, List<(int Start, int Length)> blocks, Span<byte> target)
    {
        // Every block but a frame's last holds 8 MiB, so where each goes is known before any is decoded.
        if (blocks.Count > 0 && (blocks.Count - 1L) * BlockSize > target.Length)
            throw new Lz4Exception(blocks[^1].Start, "block", $"holds more than the {target.Length} bytes expected");
        var written = new int[blocks.Count];
        var faults = new Lz4Exception?[blocks.Count];
        int inputLength = source.Length, room = target.Length;
        fixed (byte* from = source, to = target)
        {
            // A lambda cannot capture a pinned pointer.
            nint first = (nint)from, start = (nint)to;
            Parallel.For(0, blocks.Count, i =>
            {
                var (position, length) = blocks[i];
                int offset = i * BlockSize;
                try
                {
                    written[i] = Lz4Block.Decode(
                        new ReadOnlySpan<byte>((byte*)first, inputLength).Slice(position, length),
                        new Span<byte>((byte*)start, room).Slice(offset, Math.Min(room - offset, BlockSize)), position);
                }
                catch (Lz4Exception e)
                {
                    faults[i] = e;
                }
            });
        }
        for (int i = 0; i < blocks.Count; i++)
        {
            if (faults[i] is { } fault) throw fault;
            if (i < blocks.Count - 1 && written[i] != BlockSize)
                throw new Lz4Exception(blocks[i].Start, "block", $"holds {written[i]} bytes; all but a frame's last hold {BlockSize}");
        }
        return blocks.Count == 0 ? 0 : (blocks.Count - 1) * BlockSize + written[^1];
    }
}
