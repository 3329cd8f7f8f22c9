using VirtFoundation;

namespace VirtEngine.Disks;

/// <summary>
/// A disk whose bytes are a file's. What the system has in memory is read, and small writes are handed to it, on the caller's thread: that is
/// a copy. The rest is done by a few threads of the file's own, which begin when they are needed.
/// </summary>
internal sealed class RawFile : IBlockDevice
{
    /// <summary>The most requests that wait for the medium at a time.</summary>
    internal const int MaximumThreads = 8;

    /// <summary>Writes up to this size that cover whole pages are not handed over.</summary>
    internal const int InlineWrite = 64 << 10;

    private const int StackSize = 256 << 10;

    private readonly DiskFile _file;
    private readonly object _gate = new();
    private readonly List<Thread> _threads = [];
    private RawFileRequest? _free, _first, _last;
    private int _idle, _waiting;
    private volatile bool _closed;
    private volatile BlockException? _lost;

    private RawFile(DiskFile file, bool readOnly)
    {
        _file = file;
        Geometry = new BlockGeometry
        {
            Length = file.Length,
            IsReadOnly = readOnly,
            Capabilities = file.CanPunch ? BlockCapabilities.Discard | BlockCapabilities.DiscardZeroes : BlockCapabilities.None,
        };
    }

    /// <inheritdoc/>
    public BlockGeometry Geometry { get; }

    /// <summary>Opens a file and takes its lock: for itself alone, or shared with other readers.</summary>
    /// <exception cref="VirtException">It is not there, is no disk, may not be opened, or another machine has it.</exception>
    internal static RawFile Open(string path, bool readOnly)
    {
        var file = DiskFile.Open(path, readOnly);
        if (file.Length > 0 && file.Length % BlockGeometry.SectorSize == 0) return new RawFile(file, readOnly);
        file.Dispose();
        throw new VirtException(VirtErrorCode.DiskFileInvalid,
            $"The disk '{path}' has {file.Length} bytes: a raw disk is a positive multiple of {BlockGeometry.SectorSize} bytes.");
    }

    /// <inheritdoc/>
    public ValueTask ReadAsync(long offset, BlockBuffers buffers)
    {
        if (Geometry.Check(BlockOperation.Read, offset, buffers.Length) is { } wrong) return ValueTask.FromException(wrong);
        return !_closed && _file.TryReadNow(offset, buffers) ? ValueTask.CompletedTask : Enqueue(BlockOperation.Read, offset, buffers.Length, buffers);
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(long offset, BlockBuffers buffers)
    {
        if (Geometry.Check(BlockOperation.Write, offset, buffers.Length) is { } wrong) return ValueTask.FromException(wrong);
        // A part of a page might have to be read before.
        if (_closed || buffers.Length > InlineWrite || ((offset | buffers.Length) & 4095) != 0)
            return Enqueue(BlockOperation.Write, offset, buffers.Length, buffers);
        try
        {
            _file.Write(offset, buffers);
            return ValueTask.CompletedTask;
        }
        catch (BlockException e)
        {
            return ValueTask.FromException(e);
        }
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync() => Enqueue(BlockOperation.Flush, 0, 0, default);

    /// <inheritdoc/>
    public ValueTask DiscardAsync(long offset, long length) =>
        Geometry.Check(BlockOperation.Discard, offset, length) is { } wrong
            ? ValueTask.FromException(wrong) : Enqueue(BlockOperation.Discard, offset, length, default);

    /// <inheritdoc/>
    public ValueTask WriteZeroesAsync(long offset, long length, bool mayDiscard) =>
        Geometry.Check(BlockOperation.WriteZeroes, offset, length) is { } wrong
            ? ValueTask.FromException(wrong) : Enqueue(BlockOperation.WriteZeroes, offset, length, default, mayDiscard);

    private ValueTask Enqueue(BlockOperation operation, long offset, long length, BlockBuffers buffers, bool mayDiscard = false)
    {
        lock (_gate)
        {
            if (_closed) return ValueTask.FromException(Closed());
            var request = _free ?? new RawFileRequest(this);
            _free = request.Next;
            request.Next = null;
            request.Prepare(operation, offset, length, buffers, mayDiscard);
            var task = request.Task;
            if (_last is null) _first = request;
            else _last.Next = request;
            _last = request;
            if (++_waiting <= _idle) Monitor.Pulse(_gate);
            else if (_threads.Count < MaximumThreads) AddThread();
            return task;
        }
    }

    private void AddThread()
    {
        var thread = new Thread(Serve, StackSize) { IsBackground = true, Name = "disk" };
        _threads.Add(thread);
        thread.Start();
    }

    internal void Return(RawFileRequest request)
    {
        lock (_gate)
        {
            request.Next = _free;
            _free = request;
        }
    }

    private void Serve()
    {
        while (true)
        {
            RawFileRequest request;
            bool closed;
            lock (_gate)
            {
                while (_first is null)
                {
                    if (_closed) return;
                    _idle++;
                    Monitor.Wait(_gate);
                    _idle--;
                }
                request = _first;
                _waiting--;
                _first = request.Next;
                if (_first is null) _last = null;
                request.Next = null;
                closed = _closed;
            }
            request.End(closed ? Closed() : Do(request));
        }
    }

    private BlockException? Do(RawFileRequest request)
    {
        try
        {
            switch (request.Operation)
            {
                case BlockOperation.Read: _file.Read(request.Offset, request.Buffers); break;
                case BlockOperation.Write: _file.Write(request.Offset, request.Buffers); break;
                case BlockOperation.Flush: Flush(); break;
                case BlockOperation.Discard: _file.Discard(request.Offset, request.Length); break;
                case BlockOperation.WriteZeroes: _file.WriteZeroes(request.Offset, request.Length, request.MayDiscard); break;
            }
            return null;
        }
        catch (BlockException e)
        {
            return e;
        }
    }

    private void Flush()
    {
        // The system tells once that it lost what was written, and calls the next flush a success: this disk stays lost.
        if (_lost is { } before) throw before;
        try
        {
            if (!Geometry.IsReadOnly) _file.Flush();
        }
        catch (BlockException e)
        {
            _lost = e;
            throw;
        }
    }

    private static BlockException Closed() => new(BlockStatus.Closed, "The disk is closed.");

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_closed) return ValueTask.CompletedTask;
            _closed = true;
            Monitor.PulseAll(_gate);
        }
        // What has not begun ends at once; what has begun ends before its thread does.
        foreach (var thread in _threads)
            if (thread != Thread.CurrentThread) thread.Join();      // what awaited a request may close the disk
        _file.Dispose();
        return ValueTask.CompletedTask;
    }
}
