using VirtFoundation.Control;
using VirtFoundation.Events;

namespace VirtWorker;

/// <summary>Events for a client, until it has enough or the run is over.</summary>
internal static class EventStream
{
    /// <summary>Sends the events that a client asks for; all of them, if it follows until the run is recorded.</summary>
    internal static async Task SendAsync(
        EventLog events, ReadEventsRequest request, Task finished, Func<ControlReply, ValueTask> send, CancellationToken cancellation)
    {
        var last = request.After;
        if (last == long.MaxValue)
        {
            // No event comes after that: who asks for it waits for the end alone.
            await (request.Follow ? finished.WaitAsync(cancellation) : Task.CompletedTask).ConfigureAwait(false);
            return;
        }

        if (request.Follow)
        {
            using var until = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            _ = finished.ContinueWith(_ => until.CancelAsync(), until.Token, TaskContinuationOptions.None, TaskScheduler.Default);
            try
            {
                await foreach (var found in events.FollowAsync(last, until.Token).ConfigureAwait(false))
                {
                    last = found.Sequence;
                    await send(new EventReply(found)).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                // The run is over: what was written last comes below.
            }
        }

        foreach (var found in events.Read(last))
        {
            await send(new EventReply(found)).ConfigureAwait(false);
        }
    }
}
