using VirtEngine.Balloons;
using VirtEngine.Consoles;
using VirtEngine.Control;
using VirtEngine.GuestAgent;
using VirtEngine.Machines;
using VirtEngine.Measures;
using VirtEngine.Store;
using VirtFoundation;
using VirtFoundation.Events;
using VirtFoundation.Store;
using VirtSpecs;

namespace VirtWorker.Machines;

/// <summary>One run of a machine, from building it to its end.</summary>
internal sealed class MachineRun(MachineRecord record, ConsoleLog console, EventWriter events) : IAsyncDisposable
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _typing = new(1, 1);
    private IMachine? _machine;
    private GuestAgentClient? _agent;
    private AgentMonitor? _monitor;
    private Task _pumping = Task.CompletedTask;
    private Task _monitoring = Task.CompletedTask;
    private MachineState _state = MachineState.Starting;
    private volatile bool _started;
    private int _stopping;
    private bool _turnOff;

    /// <summary>The machine is off: its processors stand for good.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>Everything about the run is recorded, and the machine can be started again.</summary>
    internal Task Finished => _finished.Task;

    internal MachineState State
    {
        get
        {
            // Events come a moment after the change; who asks gets what is.
            var state = _started && !_ended.Task.IsCompleted ? _machine!.State : _state;
            return Volatile.Read(ref _stopping) > 0 && state == MachineState.Running ? MachineState.Stopping : state;
        }
    }

    internal string? Reason { get; private set; }

    internal string? Hypervisor => _machine?.Hypervisor;

    internal string? AgentVersion => _monitor?.Version;

    internal BalloonControl? Balloon => _machine?.Balloon;

    internal ConsoleLog Console => console;

    internal string Name => record.Spec.Name;

    /// <summary>The guest agent.</summary>
    /// <exception cref="VirtException">The machine is not built yet.</exception>
    internal GuestAgentClient Agent => _agent ?? throw Invalid("is not ready");

    /// <summary>Builds the machine and starts it.</summary>
    internal void Start(IMachineFactory factory, VirtRoot root)
    {
        events.Tell(EventNames.StateChanged, nameof(MachineState.Starting));
        var machine = factory.Create(record, root);
        lock (_gate)
        {
            _machine = machine;
        }

        _agent = new(machine.Agent);
        _monitor = new(_agent, events);
        _pumping = RunAsync("console", () => ConsolePump.RunAsync(machine.Console, console, events, _end.Token));
        _monitoring = RunAsync("agent", () => _monitor.RunAsync(_end.Token));
        machine.StateChanged += OnStateChanged;
        machine.Start();
        _started = true;
        if (machine.State is MachineState.Stopped or MachineState.Failed)
        {
            OnStateChanged(machine.State); // It ended before we were ready to hear of it.
        }

        if (Volatile.Read(ref _turnOff))
        {
            machine.TurnOff(); // Asked for while it was being built.
        }
    }

    /// <summary>The machine could not be built or started.</summary>
    internal void Fail(string reason)
    {
        Enter(MachineState.Failed, reason);
    }

    /// <summary>Stops the machine and returns when the run is recorded. The order stands when who gave it goes away.</summary>
    /// <exception cref="VirtException">The guest did not shut down in time and shall not be turned off.</exception>
    internal Task StopAsync(StopRequest request, CancellationToken cancellation) => StopAsync(request).WaitAsync(cancellation);

    private async Task StopAsync(StopRequest request)
    {
        events.Tell(EventNames.StopRequested, request.Mode.ToString());
        if (request.Mode == StopMode.TurnOff)
        {
            TurnOff();
        }
        else
        {
            Interlocked.Increment(ref _stopping);
            try
            {
                await ShutDownAsync(request).ConfigureAwait(false);
            }
            catch (VirtException e)
            {
                events.Tell(EventNames.StopRequested, $"{request.Mode}: {e.Message}"); // Nobody else may hear it.
                throw;
            }
            finally
            {
                Interlocked.Decrement(ref _stopping);
            }
        }

        await Finished.ConfigureAwait(false);
    }

    private async Task ShutDownAsync(StopRequest request)
    {
        if (request.Mode == StopMode.Agent && AgentVersion is null)
        {
            throw new VirtException(VirtErrorCode.AgentNotConnected, $"The guest agent of '{Name}' is not connected.");
        }

        if (State == MachineState.Paused)
        {
            Act(paused => paused.Resume());
        }

        var timeout = TimeSpan.FromMilliseconds(Math.Clamp(request.TimeoutMilliseconds, 0, int.MaxValue));
        var limit = Task.Delay(timeout);
        await AskAsync(request.Mode).ConfigureAwait(false);
        if (await Task.WhenAny(Ended, limit).ConfigureAwait(false) != limit)
        {
            return;
        }

        if (!request.ThenTurnOff)
        {
            throw new VirtException(
                VirtErrorCode.MachineStopTimeout, $"'{Name}' did not shut down within {timeout.TotalSeconds:0.#} s; it goes on running.");
        }

        events.Tell(EventNames.StopRequested, $"{StopMode.TurnOff}: not off after {timeout.TotalSeconds:0.#} s");
        TurnOff();
    }

    /// <summary>Turns the machine off, or ends its building.</summary>
    internal void TurnOff()
    {
        Volatile.Write(ref _turnOff, true);
        IMachine? machine;
        lock (_gate)
        {
            machine = _machine;
        }

        if (machine is not null && !_ended.Task.IsCompleted)
        {
            machine.TurnOff();
        }
    }

    internal void Pause()
    {
        if (State != MachineState.Running)
        {
            throw Invalid("is not running");
        }

        Act(machine => machine.Pause());
    }

    internal void Resume()
    {
        if (State != MachineState.Paused)
        {
            throw Invalid("is not paused");
        }

        Act(machine => machine.Resume());
    }

    /// <summary>What the machine has done so far.</summary>
    internal MachineCounters Measure()
    {
        try
        {
            return Machine().Measure();
        }
        catch (InvalidOperationException)
        {
            throw Invalid("is not running"); // It ends in this moment.
        }
    }

    /// <summary>Asks the guest to do without memory.</summary>
    /// <exception cref="VirtException">It is not less than the machine's memory.</exception>
    internal void SetBalloon(long bytes)
    {
        if (bytes < 0 || bytes >= record.Spec.Memory.Bytes)
        {
            throw new VirtException(
                VirtErrorCode.ParameterInvalid, $"The balloon of '{Name}' can have less than the machine's memory, which is {record.Spec.Memory}.");
        }

        Machine().Balloon.TargetPages = BalloonControl.PagesOf((ulong)bytes);
        events.Tell(EventNames.BalloonSet, $"{new ByteSize(bytes)}");
    }

    /// <summary>Types into the guest's console.</summary>
    internal async Task TypeAsync(byte[] data, CancellationToken cancellation)
    {
        await _typing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await Machine().Console.WriteAsync(data, cancellation).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new VirtException(VirtErrorCode.MachineNotRunning, $"'{Name}' took no input: {e.Message}", e);
        }
        finally
        {
            _typing.Release();
        }
    }

    internal void Tell(string name, string detail) => events.Tell(name, detail);

    /// <summary>Tells everybody who waits that the run is recorded.</summary>
    internal void Finish() => _finished.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        // A channel of a machine that is gone gives out what is left, then its end; one that does not is cut off.
        _machine?.Dispose();
        _end.CancelAfter(TimeSpan.FromSeconds(1));
        await _pumping.ConfigureAwait(false);
        await _end.CancelAsync().ConfigureAwait(false);
        if (_agent is not null)
        {
            await _agent.DisposeAsync().ConfigureAwait(false);
        }

        console.End();
        await _monitoring.ConfigureAwait(false);
    }

    private async Task AskAsync(StopMode mode)
    {
        if (mode != StopMode.PowerButton && AgentVersion is not null)
        {
            try
            {
                await Agent.ShutDownAsync(GuestPowerAction.PowerDown, CancellationToken.None).ConfigureAwait(false);
                return;
            }
            catch (VirtException e) when (mode == StopMode.ShutDown)
            {
                if (Ended.IsCompleted)
                {
                    return;
                }

                events.Tell(EventNames.StopRequested, $"{StopMode.PowerButton}: {e.Message}");
            }
        }

        Act(running => running.PressPowerButton());
    }

    private void Act(Action<IMachine> action)
    {
        try
        {
            action(Machine());
        }
        catch (InvalidOperationException e)
        {
            throw new VirtException(VirtErrorCode.MachineStateInvalid, e.Message, e); // Another client was faster.
        }
    }

    private IMachine Machine()
    {
        lock (_gate)
        {
            return _machine is not null && !_ended.Task.IsCompleted ? _machine : throw Invalid("is not running");
        }
    }

    private static async Task RunAsync(string what, Func<Task> work)
    {
        await Task.Yield();
        try
        {
            await work().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A fault here takes its part with it and is noted at once; the guest goes on.
        catch (Exception e)
        {
            WorkerProcess.Log($"{what}: {e}");
        }
#pragma warning restore CA1031
    }

    private VirtException Invalid(string what) =>
        new(VirtErrorCode.MachineStateInvalid, $"'{Name}' {what}; it is {State.ToString().ToLowerInvariant()}.");

    private void OnStateChanged(MachineState state)
    {
        if (state != MachineState.Failed)
        {
            Enter(state, null);
        }
        else if (_started)
        {
            Enter(state, _machine!.Reason ?? "The machine failed and gave no reason.");
        }

        // Else its start throws, and who called that knows better why.
    }

    private void Enter(MachineState state, string? reason)
    {
        lock (_gate)
        {
            if (state == _state || _ended.Task.IsCompleted)
            {
                return;
            }

            _state = state;
            Reason = reason;
            events.Tell(EventNames.StateChanged, reason is null ? state.ToString() : $"{state}: {reason}");
            if (state is MachineState.Stopped or MachineState.Failed)
            {
                _ended.TrySetResult();
            }
        }
    }
}
