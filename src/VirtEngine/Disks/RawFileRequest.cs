using System.Threading.Tasks.Sources;

namespace VirtEngine.Disks;

/// <summary>A request that a thread of its file does; used again when its result was taken.</summary>
internal sealed class RawFileRequest(RawFile owner) : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core;

    internal BlockOperation Operation { get; private set; }

    internal long Offset { get; private set; }

    internal long Length { get; private set; }

    internal BlockBuffers Buffers { get; private set; }

    internal bool MayDiscard { get; private set; }

    /// <summary>The next one in a list of the file's.</summary>
    internal RawFileRequest? Next { get; set; }

    /// <summary>What the caller awaits.</summary>
    internal ValueTask Task => new(this, _core.Version);

    internal void Prepare(BlockOperation operation, long offset, long length, BlockBuffers buffers, bool mayDiscard)
    {
        Operation = operation;
        Offset = offset;
        Length = length;
        Buffers = buffers;
        MayDiscard = mayDiscard;
    }

    /// <summary>Ends it: whoever waits goes on, on this thread.</summary>
    internal void End(BlockException? failure)
    {
        if (failure is null) _core.SetResult(true);
        else _core.SetException(failure);
    }

    void IValueTaskSource.GetResult(short token)
    {
        try
        {
            _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            Buffers = default;
            owner.Return(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
