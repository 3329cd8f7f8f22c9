using VirtFoundation.Store;

namespace VirtEngine.Consoles;

/// <summary>
/// What a guest writes to its console, as one stream of bytes with offsets from the run's start, of which the last part is kept on disk.
/// Readers keep a position each and nothing else: a slow one holds nobody up and may find that a part is gone. One writer.
/// </summary>
internal sealed class ConsoleLog : IDisposable
{
    /// <summary>Bytes of a file; twice that is kept at most.</summary>
    internal const int DefaultFileSize = 4 << 20;

    private readonly string _directory;
    private readonly int _fileSize;
    private readonly Lock _gate = new();
    private TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FileStream _newer;
    private long _newerStart;
    private FileStream? _older;
    private long _olderStart;
    private bool _ended;

    /// <summary>Begins a run's log.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    internal ConsoleLog(string directory, int fileSize = DefaultFileSize)
    {
        _directory = directory;
        _fileSize = fileSize;
        ConsoleFiles.PutAside(directory);
        _newer = Create(0);
    }

    /// <summary>Bytes that the guest has written in this run.</summary>
    internal long Length { get; private set; }

    /// <summary>Appends what the guest wrote.</summary>
    /// <exception cref="IOException">The disk is full; the bytes are lost to the log, and its length does not count them.</exception>
    internal void Append(ReadOnlySpan<byte> data)
    {
        lock (_gate)
        {
            while (!data.IsEmpty)
            {
                if (Length - _newerStart >= _fileSize)
                {
                    Rotate();
                }

                var part = data[..(int)Math.Min(data.Length, _fileSize - (Length - _newerStart))];
                RandomAccess.Write(_newer.SafeFileHandle, part, Length - _newerStart);
                Length += part.Length;
                data = data[part.Length..];
            }

            Wake();
        }
    }

    /// <summary>The run is over: readers that follow get what is left, then the end.</summary>
    internal void End()
    {
        lock (_gate)
        {
            _ended = true;
            Wake();
        }
    }

    /// <summary>Reads without waiting.</summary>
    /// <param name="offset">Where; moved to the oldest byte that is kept.</param>
    /// <param name="buffer">Filled as far as there is something.</param>
    /// <returns>Bytes read; 0 at the end.</returns>
    internal int Read(ref long offset, Span<byte> buffer)
    {
        lock (_gate)
        {
            offset = Math.Clamp(offset, _older is null ? _newerStart : _olderStart, Length);
            var (file, start, end) = offset < _newerStart ? (_older!, _olderStart, _newerStart) : (_newer, _newerStart, Length);
            var count = (int)Math.Min(buffer.Length, end - offset);
            return count == 0 ? 0 : RandomAccess.Read(file.SafeFileHandle, buffer[..count], offset - start);
        }
    }

    /// <summary>Waits until there is something at an offset.</summary>
    /// <returns>False when the run is over and nothing more comes.</returns>
    internal async ValueTask<bool> WaitAsync(long offset, CancellationToken cancellation)
    {
        while (true)
        {
            Task grown;
            lock (_gate)
            {
                if (offset < Length || _ended)
                {
                    return offset < Length;
                }

                grown = _grown.Task;
            }

            await grown.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _newer.Dispose();
            _older?.Dispose();
        }
    }

    private void Wake()
    {
        var grown = _grown;
        _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);
        grown.SetResult();
    }

    private void Rotate()
    {
        var next = Create(Length);
        if (_older is not null)
        {
            _older.Dispose();
            File.Delete(ConsoleFiles.PathOf(_directory, _olderStart));
        }

        (_older, _olderStart) = (_newer, _newerStart);
        (_newer, _newerStart) = (next, Length);
    }

    private FileStream Create(long offset) => RestrictedFiles.Open(
        ConsoleFiles.PathOf(_directory, offset), FileMode.Create, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
}
