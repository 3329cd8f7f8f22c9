using System.Runtime.InteropServices;
using VirtEngine.Disks;

namespace VirtEngine.Tests.Disks;

/// <summary>Native memory in pieces, for requests to block devices.</summary>
internal sealed unsafe class NativeBuffers : IDisposable
{
    private readonly byte* _memory;
    private readonly BlockSegment* _segments;
    private readonly int _count;

    internal NativeBuffers(params ReadOnlySpan<int> lengths)
    {
        int total = 0;
        foreach (int length in lengths) total += length;
        Length = total;
        _count = lengths.Length;
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(total, 1), 4096);
        _segments = (BlockSegment*)NativeMemory.Alloc((nuint)(sizeof(BlockSegment) * Math.Max(_count, 1)));
        byte* at = _memory;
        for (int i = 0; i < _count; i++)
        {
            _segments[i] = new BlockSegment(at, (nuint)lengths[i]);
            at += lengths[i];
        }
        Bytes.Clear();
    }

    internal static NativeBuffers Of(ReadOnlySpan<byte> content, params ReadOnlySpan<int> lengths)
    {
        var buffers = new NativeBuffers(lengths.IsEmpty ? [content.Length] : lengths);
        content.CopyTo(buffers.Bytes);
        return buffers;
    }

    internal int Length { get; }

    internal BlockBuffers Buffers => new(_segments, _count);

    internal Span<byte> Bytes => new(_memory, Length);

    internal byte[] ToArray() => Bytes.ToArray();

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        NativeMemory.Free(_segments);
    }
}
