using VirtEngine.Control;
using VirtEngine.Hosts;
using VirtFoundation;
using VirtFoundation.Control;
using VirtFoundation.Events;

namespace VirtWorker.Switches;

/// <summary>What a client can ask of a running switch.</summary>
internal sealed class SwitchSession(SwitchRun run, EventLog events) : IControlSession
{
    public async Task<ControlReply> HandleAsync(ControlRequest request, Func<ControlReply, ValueTask> send, CancellationToken cancellation)
    {
        switch (request)
        {
            case StatusRequest:
                return new SwitchStatusReply([.. run.Switch.Ports.Select(port => new SwitchPortInfo(
                    port.Name, port.Counters.FramesIn, port.Counters.BytesIn, port.Counters.FramesOut, port.Counters.BytesOut,
                    port.Counters.DroppedOut, port.Counters.Malformed))], run.Switch.Addresses);
            case StopSwitchRequest:
                run.Stop("by a command");
                await run.Finished.WaitAsync(cancellation).ConfigureAwait(false);
                return new DoneReply();
            case ReadEventsRequest read:
                await EventStream.SendAsync(events, read, run.Finished, send, cancellation).ConfigureAwait(false);
                return new DoneReply();
            default:
                throw new VirtException(VirtErrorCode.ProtocolViolation, $"The worker does not know {request.GetType().Name}.");
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
