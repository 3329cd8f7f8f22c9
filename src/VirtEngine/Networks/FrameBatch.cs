using System.Buffers.Binary;

namespace VirtEngine.Networks;

/// <summary>
/// Frames one after the other in one buffer, each behind its length as 32 bits, big-endian: how QEMU's and passt's stream sockets carry
/// them. Not thread-safe.
/// </summary>
internal sealed class FrameBatch(int capacity)
{
    /// <summary>Bytes of a frame's length.</summary>
    internal const int PrefixSize = 4;

    private readonly byte[] _buffer = new byte[capacity];

    /// <summary>Bytes in it.</summary>
    internal int Length { get; private set; }

    /// <summary>The frames with their lengths.</summary>
    internal ReadOnlySpan<byte> Content => _buffer.AsSpan(0, Length);

    /// <summary>Makes room for a frame; it is in the batch at once and is filled by the caller.</summary>
    /// <returns>Empty if it does not fit.</returns>
    internal Span<byte> Append(int length)
    {
        if (length > _buffer.Length - Length - PrefixSize) return default;
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(Length), length);
        var room = _buffer.AsSpan(Length + PrefixSize, length);
        Length += PrefixSize + length;
        return room;
    }

    /// <summary>Appends a frame.</summary>
    /// <returns>False if it does not fit.</returns>
    internal bool TryAppend(ReadOnlySpan<byte> frame)
    {
        if (frame.Length > _buffer.Length - Length - PrefixSize) return false;
        frame.CopyTo(Append(frame.Length));
        return true;
    }

    /// <summary>Forgets the frames.</summary>
    internal void Clear() => Length = 0;
}
