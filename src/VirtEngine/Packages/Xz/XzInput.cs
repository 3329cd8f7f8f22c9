using System.Buffers.Binary;

namespace VirtEngine.Packages.Xz;

/// <summary>Buffered input that knows its position and says which field was cut off.</summary>
internal sealed class XzInput(Stream stream)
{
    private readonly byte[] buffer = new byte[1 << 16];
    private int next, end;

    /// <summary>Bytes read so far.</summary>
    internal long Position { get; private set; }

    /// <summary>Whether nothing follows.</summary>
    internal bool IsAtEnd => next == end && !Fill();

    internal byte ReadByte(string field)
    {
        if (next == end && !Fill()) throw CutOff(field);
        Position++;
        return buffer[next++];
    }

    internal void Read(Span<byte> target, string field)
    {
        while (!target.IsEmpty)
        {
            if (next == end && !Fill()) throw CutOff(field);
            int count = Math.Min(target.Length, end - next);
            buffer.AsSpan(next, count).CopyTo(target);
            next += count;
            Position += count;
            target = target[count..];
        }
    }

    /// <summary>Reads two bytes, big-endian as LZMA2 has them.</summary>
    internal int ReadUInt16(string field) => ReadByte(field) << 8 | ReadByte(field);

    internal uint ReadUInt32(string field)
    {
        Span<byte> value = stackalloc byte[4];
        Read(value, field);
        return BinaryPrimitives.ReadUInt32LittleEndian(value);
    }

    private bool Fill()
    {
        next = 0;
        end = stream.Read(buffer);
        return end > 0;
    }

    private XzException CutOff(string field) => new(Position, field, "the data ends here");
}
