using System.Diagnostics;
using System.Threading.Channels;
using VirtEngine.GuestAgent;
using VirtFoundation;
using VirtFoundation.Events;

namespace VirtWorker.Machines;

/// <summary>Finds out when the guest agent is there: its port opens, it answers a sync, it says its version.</summary>
internal sealed class AgentMonitor(GuestAgentClient agent, EventWriter events)
{
    private static readonly TimeSpan PingPatience = TimeSpan.FromMinutes(1);

    // An agent that comes and goes oftener than this is greeted at this pace: what it makes us write is bounded.
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(2);
    private const int FreeGreetings = 5;

    private readonly Channel<bool> _changes = Channel.CreateUnbounded<bool>();

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private int _greetings;

    /// <summary>The agent's version while it is there, else null.</summary>
    internal string? Version { get; private set; }

    /// <summary>Runs until it is cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        void OnOpenChanged(bool open) => _changes.Writer.TryWrite(open);
        agent.OpenChanged += OnOpenChanged;
        if (agent.IsOpen && _changes.Reader.Count == 0)
        {
            _changes.Writer.TryWrite(true);
        }

        try
        {
            await foreach (var open in _changes.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                if (open && Version is not null)
                {
                    continue; // Known: it opened just when this began.
                }

                if (Version is not null)
                {
                    Version = null;
                    events.Tell(EventNames.AgentLost);
                }

                if (open)
                {
                    await GreetAsync(cancellation).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
        finally
        {
            agent.OpenChanged -= OnOpenChanged;
        }
    }

    private async Task GreetAsync(CancellationToken cancellation)
    {
        if (_clock.Elapsed > Pace * FreeGreetings)
        {
            _greetings = 0;
            _clock.Restart();
        }
        else if (++_greetings > FreeGreetings)
        {
            await Task.Delay(Pace, cancellation).ConfigureAwait(false);
            // What it did meanwhile comes down to how it stands now.
            while (_changes.Reader.TryRead(out _))
            {
                continue;
            }

            if (!agent.IsOpen)
            {
                return;
            }
        }

        // As long as this agent has its port open, however long it takes to start.
        while (_changes.Reader.Count == 0)
        {
            try
            {
                await agent.PingAsync(PingPatience, cancellation).ConfigureAwait(false);
                var info = await agent.GetInfoAsync(cancellation).ConfigureAwait(false);
                WorkerProcess.GiveMemoryBack();
                Version = info.Version;
                events.Tell(EventNames.AgentReady, info.Version);
                return;
            }
            catch (VirtException e) when (e.Code == VirtErrorCode.AgentTimeout)
            {
                continue;
            }
            catch (VirtException e)
            {
                // Gone again, which brings a change of its own; or it says what no agent says, and asking again would not mend that.
                WorkerProcess.Log($"the guest agent is not ready: {e.Message}");
                return;
            }
        }
    }
}
