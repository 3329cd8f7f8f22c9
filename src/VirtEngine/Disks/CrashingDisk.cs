using System.Runtime.InteropServices;

namespace VirtEngine.Disks;

/// <summary>
/// A disk for tests that loses power: what was not flushed stays in memory until it is, and at a crash each of its sectors is kept or lost by itself,
/// as a seed has it. The n-th request fails, and all after it.
/// </summary>
/// <remarks>For small disks: what is not flushed is held by sectors.</remarks>
/// <param name="disk">What holds what was flushed; it is this one's.</param>
/// <param name="crashAt">The request, from 1, that the crash comes in; a write has then been done in part. 0 for none.</param>
/// <param name="seed">Which sectors reach the disk.</param>
internal sealed class CrashingDisk(IBlockDevice disk, int crashAt, int seed) : IBlockDevice
{
    private const int Sector = BlockGeometry.SectorSize;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly SortedDictionary<long, byte[]> _unflushed = [];
    private readonly Random _random = new(seed);
    private int _requests;

    /// <inheritdoc/>
    public BlockGeometry Geometry => disk.Geometry;

    /// <summary>Requests so far.</summary>
    internal int Requests => _requests;

    /// <summary>Whether the power is gone.</summary>
    internal bool IsCrashed { get; private set; }

    /// <inheritdoc/>
    public ValueTask ReadAsync(long offset, BlockBuffers buffers) => Do(BlockOperation.Read, offset, buffers.Length, async () =>
    {
        await disk.ReadAsync(offset, buffers).ConfigureAwait(false);
        byte[] content = new byte[buffers.Length];
        buffers.CopyTo(content);
        for (int at = 0; at < content.Length; at += Sector)
            if (_unflushed.TryGetValue(offset + at, out byte[]? newer)) newer.CopyTo(content, at);
        buffers.CopyFrom(content);
    });

    /// <inheritdoc/>
    public ValueTask WriteAsync(long offset, BlockBuffers buffers) => Do(BlockOperation.Write, offset, buffers.Length, () =>
    {
        byte[] content = new byte[buffers.Length];
        buffers.CopyTo(content);
        Keep(offset, content);
        return ValueTask.CompletedTask;
    });

    /// <inheritdoc/>
    public ValueTask FlushAsync() => Do(BlockOperation.Flush, 0, 0, async () =>
    {
        foreach (var (offset, content) in _unflushed) await WriteBelow(offset, content).ConfigureAwait(false);
        _unflushed.Clear();
        await disk.FlushAsync().ConfigureAwait(false);
    });

    /// <inheritdoc/>
    public ValueTask DiscardAsync(long offset, long length) => WriteZeroesAsync(offset, length, mayDiscard: true);

    /// <inheritdoc/>
    public ValueTask WriteZeroesAsync(long offset, long length, bool mayDiscard) => Do(BlockOperation.WriteZeroes, offset, length, () =>
    {
        Keep(offset, new byte[length]);
        return ValueTask.CompletedTask;
    });

    private async ValueTask Do(BlockOperation operation, long offset, long length, Func<ValueTask> action)
    {
        if (Geometry.Check(operation, offset, length) is { } wrong) throw wrong;
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (IsCrashed) throw Gone();
            bool last = ++_requests == crashAt;
            // A flush that the power goes in has made nothing durable by itself; a write has got somewhere.
            if (!last || operation != BlockOperation.Flush) await action().ConfigureAwait(false);
            if (!last) return;
            await CrashAsync().ConfigureAwait(false);
            throw Gone();
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Keep(long offset, byte[] content)
    {
        for (int at = 0; at < content.Length; at += Sector) _unflushed[offset + at] = content[at..(at + Sector)];
    }

    /// <summary>Takes the power away: a part of what was not flushed has reached the disk.</summary>
    internal async ValueTask CrashAsync()
    {
        IsCrashed = true;
        foreach (var (offset, content) in _unflushed)
            if (_random.Next(2) == 0) await WriteBelow(offset, content).ConfigureAwait(false);
        _unflushed.Clear();
    }

    private async ValueTask WriteBelow(long offset, byte[] content)
    {
        var pin = GCHandle.Alloc(content, GCHandleType.Pinned);
        var piece = GCHandle.Alloc(Segment(pin, content.Length), GCHandleType.Pinned);
        try
        {
            await disk.WriteAsync(offset, BuffersOf(piece)).ConfigureAwait(false);
        }
        finally
        {
            piece.Free();
            pin.Free();
        }
    }

    private static nint[] Segment(GCHandle pin, int length) => [pin.AddrOfPinnedObject(), length];

    private static unsafe BlockBuffers BuffersOf(GCHandle piece) => new((BlockSegment*)piece.AddrOfPinnedObject(), 1);

    private static BlockException Gone() => new(BlockStatus.MediumError, "The power is gone.");

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _turn.Dispose();
        return disk.DisposeAsync();
    }
}
