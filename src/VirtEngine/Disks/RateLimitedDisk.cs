using System.Runtime.CompilerServices;

namespace VirtEngine.Disks;

/// <summary>
/// A disk that is used only so much: bytes that are read and written, and requests, in a second. What is within the limits goes through at once; what
/// waits costs a timer.
/// </summary>
internal sealed class RateLimitedDisk : IBlockDevice
{
    private readonly IBlockDevice _disk;
    private readonly TimeProvider _time;
    private readonly TokenBucket? _bytes, _operations;
    private readonly Lock _gate = new();
    private CancellationTokenSource _waiting = new();
    private bool _hurry;
    private volatile bool _closed;

    /// <param name="disk">The disk below; it is this one's.</param>
    /// <param name="bytesPerSecond">Bytes in a second, or null for no limit.</param>
    /// <param name="operationsPerSecond">Requests in a second, or null for no limit.</param>
    /// <param name="time">What a second is.</param>
    internal RateLimitedDisk(IBlockDevice disk, long? bytesPerSecond, long? operationsPerSecond, TimeProvider time)
    {
        _disk = disk;
        _time = time;
        if (bytesPerSecond is { } bytes) _bytes = new TokenBucket(bytes, time);
        if (operationsPerSecond is { } operations) _operations = new TokenBucket(operations, time);
    }

    /// <inheritdoc/>
    public BlockGeometry Geometry => _disk.Geometry;

    /// <inheritdoc/>
    public ValueTask ReadAsync(long offset, BlockBuffers buffers) =>
        Take(buffers.Length) is var wait && wait == TimeSpan.Zero
            ? _disk.ReadAsync(offset, buffers) : DoLater(wait, BlockOperation.Read, offset, buffers.Length, buffers, false);

    /// <inheritdoc/>
    public ValueTask WriteAsync(long offset, BlockBuffers buffers) =>
        Take(buffers.Length) is var wait && wait == TimeSpan.Zero
            ? _disk.WriteAsync(offset, buffers) : DoLater(wait, BlockOperation.Write, offset, buffers.Length, buffers, false);

    /// <inheritdoc/>
    public ValueTask FlushAsync() =>
        Take(0) is var wait && wait == TimeSpan.Zero ? _disk.FlushAsync() : DoLater(wait, BlockOperation.Flush, 0, 0, default, false);

    /// <inheritdoc/>
    public ValueTask DiscardAsync(long offset, long length) =>
        Take(0) is var wait && wait == TimeSpan.Zero
            ? _disk.DiscardAsync(offset, length) : DoLater(wait, BlockOperation.Discard, offset, length, default, false);

    /// <inheritdoc/>
    public ValueTask WriteZeroesAsync(long offset, long length, bool mayDiscard) =>
        Take(0) is var wait && wait == TimeSpan.Zero
            ? _disk.WriteZeroesAsync(offset, length, mayDiscard) : DoLater(wait, BlockOperation.WriteZeroes, offset, length, default, mayDiscard);

    /// <inheritdoc/>
    public void Hurry(bool hurry)
    {
        _disk.Hurry(hurry);
        lock (_gate)
        {
            _hurry = hurry;
            if (hurry) LetGo();
        }
    }

    private TimeSpan Take(long bytes)
    {
        var forBytes = _bytes?.Take(bytes) ?? TimeSpan.Zero;
        var forOperation = _operations?.Take(1) ?? TimeSpan.Zero;
        return forBytes > forOperation ? forBytes : forOperation;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask DoLater(TimeSpan wait, BlockOperation operation, long offset, long length, BlockBuffers buffers, bool mayDiscard)
    {
        CancellationToken end;
        lock (_gate) end = _hurry ? new CancellationToken(canceled: true) : _waiting.Token;
        await Task.Delay(wait, _time, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_closed) throw new BlockException(BlockStatus.Closed, "The disk is closed.");
        switch (operation)
        {
            case BlockOperation.Read: await _disk.ReadAsync(offset, buffers).ConfigureAwait(false); break;
            case BlockOperation.Write: await _disk.WriteAsync(offset, buffers).ConfigureAwait(false); break;
            case BlockOperation.Flush: await _disk.FlushAsync().ConfigureAwait(false); break;
            case BlockOperation.Discard: await _disk.DiscardAsync(offset, length).ConfigureAwait(false); break;
            case BlockOperation.WriteZeroes: await _disk.WriteZeroesAsync(offset, length, mayDiscard).ConfigureAwait(false); break;
        }
    }

    private void LetGo()
    {
        var waiting = _waiting;
        _waiting = new CancellationTokenSource();
        // Not on this thread: who hurries may hold locks that those who waited need.
        _ = waiting.CancelAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _closed = true;
        lock (_gate) LetGo();
        return _disk.DisposeAsync();
    }
}
