using System.Runtime.CompilerServices;

namespace VirtEngine.Disks;

/// <summary>A disk that counts what is asked of it, and how long it takes. Requests that are done at once cost two looks at the clock.</summary>
internal sealed class TracedDisk(IBlockDevice disk, TimeProvider time) : IBlockDevice
{
    private sealed class Tally
    {
        internal long Requests, Failures, Bytes, Ticks, Longest;
    }

    private readonly Tally[] _tallies = [.. Enum.GetValues<BlockOperation>().Select(_ => new Tally())];

    /// <inheritdoc/>
    public BlockGeometry Geometry => disk.Geometry;

    /// <summary>What was asked so far, by kind.</summary>
    internal IReadOnlyList<DiskCounters> Counters => [.. _tallies.Select((tally, index) => new DiskCounters(
        (BlockOperation)index, Volatile.Read(ref tally.Requests), Volatile.Read(ref tally.Failures), Volatile.Read(ref tally.Bytes),
        time.GetElapsedTime(0, Volatile.Read(ref tally.Ticks)), time.GetElapsedTime(0, Volatile.Read(ref tally.Longest))))];

    /// <inheritdoc/>
    public ValueTask ReadAsync(long offset, BlockBuffers buffers)
    {
        long start = time.GetTimestamp();
        return Watch(disk.ReadAsync(offset, buffers), BlockOperation.Read, buffers.Length, start);
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(long offset, BlockBuffers buffers)
    {
        long start = time.GetTimestamp();
        return Watch(disk.WriteAsync(offset, buffers), BlockOperation.Write, buffers.Length, start);
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync()
    {
        long start = time.GetTimestamp();
        return Watch(disk.FlushAsync(), BlockOperation.Flush, 0, start);
    }

    /// <inheritdoc/>
    public ValueTask DiscardAsync(long offset, long length)
    {
        long start = time.GetTimestamp();
        return Watch(disk.DiscardAsync(offset, length), BlockOperation.Discard, length, start);
    }

    /// <inheritdoc/>
    public ValueTask WriteZeroesAsync(long offset, long length, bool mayDiscard)
    {
        long start = time.GetTimestamp();
        return Watch(disk.WriteZeroesAsync(offset, length, mayDiscard), BlockOperation.WriteZeroes, length, start);
    }

    /// <inheritdoc/>
    public void Hurry(bool hurry) => disk.Hurry(hurry);

    private ValueTask Watch(ValueTask request, BlockOperation operation, long bytes, long start)
    {
        if (!request.IsCompletedSuccessfully) return WatchLater(request, operation, bytes, start);
        Count(operation, bytes, start, failed: false);
        return request;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WatchLater(ValueTask request, BlockOperation operation, long bytes, long start)
    {
        try
        {
            await request.ConfigureAwait(false);
        }
        catch (BlockException)
        {
            Count(operation, bytes, start, failed: true);
            throw;
        }
        Count(operation, bytes, start, failed: false);
    }

    private void Count(BlockOperation operation, long bytes, long start, bool failed)
    {
        long ticks = time.GetTimestamp() - start;
        var tally = _tallies[(int)operation];
        Interlocked.Increment(ref tally.Requests);
        if (failed) Interlocked.Increment(ref tally.Failures);
        else Interlocked.Add(ref tally.Bytes, bytes);
        Interlocked.Add(ref tally.Ticks, ticks);
        for (long longest = Volatile.Read(ref tally.Longest); ticks > longest;)
        {
            long seen = Interlocked.CompareExchange(ref tally.Longest, ticks, longest);
            if (seen == longest) break;
            longest = seen;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => disk.DisposeAsync();
}
