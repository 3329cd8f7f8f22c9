using System.Buffers.Binary;

namespace VirtEngine.Networks;

/// <summary>Takes frames out of a stream of bytes as <see cref="FrameBatch"/> writes it, wherever the stream was cut. Not thread-safe.</summary>
internal sealed class FrameStreamReader
{
    /// <summary>Bytes that it takes at once: some frames of the largest size, or many ordinary ones.</summary>
    internal const int BufferSize = 128 << 10;

    private readonly byte[] _buffer = new byte[BufferSize];
    private int _start, _end;

    /// <summary>Whether the stream announced a frame that cannot be: nothing behind it can be understood.</summary>
    internal bool IsBroken { get; private set; }

    /// <summary>Where the stream's next bytes go; never empty when all whole frames were taken.</summary>
    internal Span<byte> Room
    {
        get
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                _end -= _start;
                _start = 0;
            }
            return _buffer.AsSpan(_end);
        }
    }

    /// <summary>Says how much of <see cref="Room"/> was filled.</summary>
    internal void Advance(int count) => _end += count;

    /// <summary>Takes the next whole frame; it stays valid until <see cref="Room"/> is asked for.</summary>
    /// <returns>False if the rest of it has not come yet, or the stream is broken.</returns>
    internal bool TryTake(out ReadOnlySpan<byte> frame)
    {
        frame = default;
        if (IsBroken || _end - _start < FrameBatch.PrefixSize) return false;
        uint length = BinaryPrimitives.ReadUInt32BigEndian(_buffer.AsSpan(_start));
        if (length > EthernetFrame.LargestOnStream) { IsBroken = true; return false; }
        if (_end - _start - FrameBatch.PrefixSize < length) return false;
        frame = _buffer.AsSpan(_start + FrameBatch.PrefixSize, (int)length);
        _start += FrameBatch.PrefixSize + (int)length;
        return true;
    }

    /// <summary>Forgets everything, for another stream.</summary>
    internal void Clear()
    {
        _start = _end = 0;
        IsBroken = false;
    }
}
