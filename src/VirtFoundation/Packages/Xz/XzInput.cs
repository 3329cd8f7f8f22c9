using System.Buffers.Binary;

namespace VirtFoundation.Packages.Xz;

/// <summary>Buffered input that knows its position and says which field was cut off.</summary>
internal sealed class XzInput(Stream stream)
{
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _next, _end;

    /// <summary>Bytes read so far.</summary>
    internal long Position { get; private set; }

    /// <summary>Whether nothing follows.</summary>
    internal bool IsAtEnd => _next == _end && !Fill();

    internal byte ReadByte(string field)
    {
        if (_next == _end && !Fill()) throw CutOff(field);
        Position++;
        return _buffer[_next++];
    }

    internal void Read(Span<byte> target, string field)
    {
        while (!target.IsEmpty)
        {
            if (_next == _end && !Fill()) throw CutOff(field);
            int count = Math.Min(target.Length, _end - _next);
            _buffer.AsSpan(_next, count).CopyTo(target);
            _next += count;
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
        _next = 0;
        _end = stream.Read(_buffer);
        return _end > 0;
    }

    private XzException CutOff(string field) => new(Position, field, "the data ends here");
}
