using System.Threading.Channels;
using VirtFoundation;
using VirtFoundation.Events;

namespace VirtWorker;

/// <summary>Writes events in the order in which they were told, without holding up who tells them (a processor's thread, say).</summary>
internal sealed class EventWriter : IAsyncDisposable
{
    private readonly EventLog _log;
    private readonly Channel<(string Name, string? Detail)> _queue = Channel.CreateUnbounded<(string, string?)>(new() { SingleReader = true });
    private readonly Task _writing;

    internal EventWriter(EventLog log)
    {
        _log = log;
        _writing = Task.Run(WriteAsync);
    }

    internal void Tell(string name, string? detail = null) => _queue.Writer.TryWrite((name, detail));

    /// <summary>Writes what was told, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
    }

    private async Task WriteAsync()
    {
        await foreach (var (name, detail) in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                _log.Append(name, detail);
            }
            catch (VirtException e)
            {
                WorkerProcess.Log($"event {name} lost: {e.Message}"); // A full disk does not end the machine.
            }
        }
    }
}
