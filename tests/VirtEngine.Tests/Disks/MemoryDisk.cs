using System.Collections.Concurrent;
using VirtEngine.Disks;

namespace VirtEngine.Tests.Disks;

/// <summary>A disk in memory that can hold its requests back or fail them, and knows what was asked of it.</summary>
internal sealed class MemoryDisk(int length, bool readOnly = false, int blockSize = 512) : IBlockDevice
{
    private volatile TaskCompletionSource? _held;

    public BlockGeometry Geometry { get; } = new()
    {
        Length = length, IsReadOnly = readOnly, LogicalBlockSize = blockSize, Capabilities = BlockCapabilities.Discard | BlockCapabilities.DiscardZeroes,
    };

    internal byte[] Content { get; } = new byte[length];

    /// <summary>What was asked, in order.</summary>
    internal ConcurrentQueue<BlockOperation> Asked { get; } = new();

    /// <summary>What requests fail with, if they shall.</summary>
    internal BlockStatus? Failure { get; set; }

    /// <summary>Requests wait from now on.</summary>
    internal void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    internal void Release()
    {
        var held = _held;
        _held = null;
        held?.SetResult();
    }

    public ValueTask ReadAsync(long offset, BlockBuffers buffers) =>
        Do(BlockOperation.Read, offset, buffers.Length, () => buffers.CopyFrom(Content.AsSpan((int)offset, (int)buffers.Length)));

    public ValueTask WriteAsync(long offset, BlockBuffers buffers) =>
        Do(BlockOperation.Write, offset, buffers.Length, () => buffers.CopyTo(Content.AsSpan((int)offset, (int)buffers.Length)));

    public ValueTask FlushAsync() => Do(BlockOperation.Flush, 0, 0, () => { });

    public ValueTask DiscardAsync(long offset, long length) =>
        Do(BlockOperation.Discard, offset, length, () => Content.AsSpan((int)offset, (int)length).Clear());

    public ValueTask WriteZeroesAsync(long offset, long length, bool mayDiscard) =>
        Do(BlockOperation.WriteZeroes, offset, length, () => Content.AsSpan((int)offset, (int)length).Clear());

    private async ValueTask Do(BlockOperation operation, long offset, long length, Action action)
    {
        // A device under test asks for nothing that a disk has to refuse.
        Assert.Null(Geometry.Check(operation, offset, length));
        Asked.Enqueue(operation);
        if (_held is { } held) await held.Task.ConfigureAwait(false);
        if (Failure is { } failure) throw new BlockException(failure, "as asked for");
        lock (Content) action();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
