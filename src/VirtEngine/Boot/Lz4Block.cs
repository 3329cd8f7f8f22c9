using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VirtEngine.Boot;

/// <summary>Decoder of LZ4 blocks (lz4_Block_format.md).</summary>
internal static class Lz4Block
{
    private const int MaxLength = 1 << 30;

    private const int Step = 16;

    /// <summary>Decodes one block whose matches reach no further back than the start of <paramref name="target"/>.</summary>
    /// <param name="source">The block.</param>
    /// <param name="target">Room for what it holds.</param>
    /// <param name="position">The block's offset, for messages.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="Lz4Exception">The block is cut off, refers to before its start, or holds more than there is room for.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int Decode(ReadOnlySpan<byte> source, Span<byte> target, long position)
    {
        int input = 0, output = 0;
        while (input < source.Length)
        {
            int token = source[input++];
            int literals = ReadLength(source, ref input, token >> 4, position);
            if (literals > source.Length - input) throw new Lz4Exception(position + input, "literals", $"{literals} bytes, but the block ends");
            if (literals > target.Length - output) throw TooMuch(position + input, target.Length);
            // Most runs are short: one move of 16 bytes, where it stays inside both spans, beats a call. What it writes too much is
            // overwritten by what follows.
            if (literals <= Step && source.Length - input >= Step && target.Length - output >= Step)
                Vector128.LoadUnsafe(in source[input]).StoreUnsafe(ref target[output]);
            else source.Slice(input, literals).CopyTo(target[output..]);
            input += literals;
            output += literals;
            if (input == source.Length) return output; // the last sequence has no match

            if (source.Length - input < 2) throw new Lz4Exception(position + input, "offset", "the block ends");
            int offset = source[input] | source[input + 1] << 8;
            input += 2;
            if (offset == 0 || offset > output) throw new Lz4Exception(position + input - 2, "offset", $"{offset} bytes back, of {output} written");
            int match = ReadLength(source, ref input, token & 15, position) + 4;
            if (match > target.Length - output) throw TooMuch(position + input, target.Length);
            CopyMatch(target, output, offset, match);
            output += match;
        }
        throw new Lz4Exception(position + input, "token", "the block ends with a match");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyMatch(Span<byte> target, int output, int offset, int length)
    {
        if (offset >= Step && length <= 2 * Step && target.Length - output >= 2 * Step)
        {
            ref byte to = ref target[output];
            ref byte source = ref Unsafe.Subtract(ref to, offset);
            Vector128.LoadUnsafe(in source).StoreUnsafe(ref to);
            if (length > Step) Vector128.LoadUnsafe(in source, Step).StoreUnsafe(ref to, Step);
            return;
        }
        // Each round doubles the run that can be copied at once, since a match may overlap what it writes.
        var from = target[(output - offset)..];
        int run = offset;
        for (int done = 0; done < length; run = offset + done)
        {
            int count = Math.Min(run, length - done);
            from[..count].CopyTo(target[(output + done)..]);
            done += count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadLength(ReadOnlySpan<byte> source, ref int input, int length, long position)
    {
        if (length != 15) return length;
        int more;
        do
        {
            if (input == source.Length) throw new Lz4Exception(position + input, "length", "the block ends");
            more = source[input++];
            length += more;
            if (length > MaxLength) throw new Lz4Exception(position + input, "length", $"more than {MaxLength} bytes");
        }
        while (more == 255);
        return length;
    }

    private static Lz4Exception TooMuch(long offset, int room) => new(offset, "block", $"holds more than the {room} bytes expected");
}
