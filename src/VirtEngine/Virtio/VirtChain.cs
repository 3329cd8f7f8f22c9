using VirtEngine.Disks;
using VirtEngine.Memory;

namespace VirtEngine.Virtio;

/// <summary>
/// One request of a driver: a part to read, then a part to write, each a stream over the descriptors' buffers. A device makes it once and
/// has it filled again for every request.
/// </summary>
internal sealed class VirtChain(GuestMemory memory, int capacity)
{
    private readonly VirtSegment[] _segments = new VirtSegment[capacity];
    private int _count, _firstWritable;
    private int _readSegment, _readOffset, _writeSegment, _writeOffset;

    /// <summary>Index of the chain's first descriptor, which names the chain in the used ring.</summary>
    internal ushort Head { get; private set; }

    /// <summary>Bytes the driver gave to read.</summary>
    internal long ReadableLength { get; private set; }

    /// <summary>Bytes the driver gave room for.</summary>
    internal long WritableLength { get; private set; }

    /// <summary>The buffers the driver gave room in.</summary>
    internal ReadOnlySpan<VirtSegment> Writable => _segments.AsSpan(_firstWritable, _count - _firstWritable);

    /// <summary>Bytes written so far.</summary>
    internal uint Written { get; private set; }

    internal void Begin(ushort head)
    {
        Head = head;
        _count = _firstWritable = _readSegment = _readOffset = _writeSegment = _writeOffset = 0;
        ReadableLength = WritableLength = 0;
        Written = 0;
    }

    /// <summary>Appends a buffer.</summary>
    /// <returns>Null, or what is wrong with it.</returns>
    internal string? Add(ulong address, uint length, bool writable)
    {
        if (_count == _segments.Length) return "a chain of more descriptors than the queue has";
        if (!writable && WritableLength > 0) return "a buffer to read behind one to write";
        if (length > int.MaxValue || !memory.TryGetSpan(address, (int)length, out _)) return "a buffer outside RAM";
        _segments[_count++] = new VirtSegment(address, (int)length);
        if (writable) WritableLength += length;
        else { ReadableLength += length; _firstWritable = _writeSegment = _count; }
        return null;
    }

    /// <summary>The rest of the current buffer to read; empty at the end. <see cref="Skip"/> goes on.</summary>
    internal ReadOnlySpan<byte> Peek()
    {
        while (_readSegment < _firstWritable && _readOffset == _segments[_readSegment].Length) { _readSegment++; _readOffset = 0; }
        return _readSegment < _firstWritable ? SpanOf(_segments[_readSegment])[_readOffset..] : default;
    }

    /// <summary>Goes over bytes to read.</summary>
    internal void Skip(long bytes)
    {
        while (bytes > 0 && Peek() is { IsEmpty: false } rest)
        {
            int step = (int)Math.Min(bytes, rest.Length);
            _readOffset += step;
            bytes -= step;
        }
    }

    /// <summary>Copies bytes out.</summary>
    /// <returns>Bytes copied: fewer than asked for at the end.</returns>
    internal int Read(Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length && Peek() is { IsEmpty: false } rest)
        {
            int step = Math.Min(destination.Length - done, rest.Length);
            rest[..step].CopyTo(destination[done..]);
            _readOffset += step;
            done += step;
        }
        return done;
    }

    /// <summary>Room in the current buffer to write; empty at the end. <see cref="Advance"/> says how much was filled.</summary>
    internal Span<byte> Room()
    {
        while (_writeSegment < _count && _writeOffset == _segments[_writeSegment].Length) { _writeSegment++; _writeOffset = 0; }
        return _writeSegment < _count ? SpanOf(_segments[_writeSegment])[_writeOffset..] : default;
    }

    /// <summary>Says that the first bytes of <see cref="Room"/> were filled.</summary>
    internal void Advance(int bytes)
    {
        memory.NotifyWritten(_segments[_writeSegment].Address + (uint)_writeOffset, (ulong)bytes);
        _writeOffset += bytes;
        Written += (uint)bytes;
    }

    /// <summary>Copies bytes in.</summary>
    /// <returns>Bytes copied: fewer than given where there is no more room.</returns>
    internal int Write(ReadOnlySpan<byte> source)
    {
        int done = 0;
        while (done < source.Length && Room() is { IsEmpty: false } room)
        {
            int step = Math.Min(source.Length - done, room.Length);
            source.Slice(done, step).CopyTo(room);
            Advance(step);
            done += step;
        }
        return done;
    }

    /// <summary>The memory of the next bytes, for who moves them past this chain.</summary>
    /// <param name="segments">Filled from the start; as many as the chain has descriptors.</param>
    /// <param name="writable">Whether it is room to write, or else what there is to read. <see cref="SkipRoom"/> says that room was filled.</param>
    /// <param name="length">Bytes, no more than there are.</param>
    /// <returns>Pieces.</returns>
    internal unsafe int TakeSegments(Span<BlockSegment> segments, bool writable, long length)
    {
        var (index, offset) = writable ? (_writeSegment, _writeOffset) : (_readSegment, _readOffset);
        int count = 0;
        for (; length > 0; index++, offset = 0)
        {
            if (!memory.TryGetPointer(_segments[index].Address, (ulong)_segments[index].Length, out byte* pointer)) break;
            long step = Math.Min(length, _segments[index].Length - offset);
            if (step == 0) continue;
            segments[count++] = new BlockSegment(pointer + offset, (nuint)step);
            length -= step;
        }
        return count;
    }

    /// <summary>Says that so many bytes of room were filled.</summary>
    internal void SkipRoom(long bytes)
    {
        while (bytes > 0 && Room() is { IsEmpty: false } room)
        {
            int step = (int)Math.Min(bytes, room.Length);
            Advance(step);
            bytes -= step;
        }
    }

    /// <summary>Writes the last byte that there is room for, wherever the others end.</summary>
    internal void WriteLast(byte value)
    {
        for (int index = _count - 1; index >= _firstWritable; index--)
        {
            if (_segments[index].Length == 0) continue;
            var last = SpanOf(_segments[index])[^1..];
            last[0] = value;
            memory.NotifyWritten(_segments[index].Address + (ulong)_segments[index].Length - 1, 1);
            Written++;
            return;
        }
    }

    private Span<byte> SpanOf(VirtSegment segment) => memory.TryGetSpan(segment.Address, segment.Length, out var span) ? span : default;
}
