using VirtEngine.Networks;
using VirtFoundation.Events;

namespace VirtWorker.Switches;

/// <summary>One run of a switch, until it is told to stop.</summary>
internal sealed class SwitchRun(EventWriter events)
{
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal EthernetSwitch Switch { get; } = new();

    /// <summary>Somebody told it to stop.</summary>
    internal Task Stopped => _stopped.Task;

    /// <summary>The end is recorded, and the switch can be started again.</summary>
    internal Task Finished => _finished.Task;

    internal void Stop(string how)
    {
        if (_stopped.TrySetResult())
        {
            events.Tell(EventNames.StopRequested, how);
        }
    }

    internal void Finish() => _finished.TrySetResult();
}
