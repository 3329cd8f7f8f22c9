using System.Globalization;
using System.Runtime.InteropServices;
using VirtEngine.Control;
using VirtEngine.Machines;
using VirtEngine.Networks;
using VirtEngine.Store;
using VirtFoundation;
using VirtFoundation.Control;
using VirtFoundation.Events;
using VirtFoundation.Launching;
using VirtFoundation.Store;
using VirtSpecs;

namespace VirtWorker.Switches;

/// <summary>Is one switch: takes its directory, opens its sockets, carries frames, and ends when it is told to.</summary>
internal sealed class SwitchWorker(string path, string socket)
{
    private readonly SwitchDirectory _directory = new(path);

    /// <summary>Runs the switch to its end.</summary>
    /// <param name="ready">Where the starter listens, or null.</param>
    /// <returns>The process's exit code.</returns>
    internal async Task<int> RunAsync(string? ready)
    {
        try
        {
            WorkerProcess.Detach(_directory.WorkerLogPath);
            using var held = _directory.TryTakeStopped()
                ?? throw new VirtException(VirtErrorCode.SwitchRunning, "The switch is running already, or is being started or removed.");
            await RunAsync(held, ready).ConfigureAwait(false);
            return 0;
        }
        catch (Exception e) when (e is VirtException or IOException or UnauthorizedAccessException)
        {
            var failure = e as VirtException ?? VirtException.Storage("The switch could not be started", e);
            WorkerProcess.Log($"{failure.Code}: {failure}");
            if (ready is not null)
            {
                await ReadySignal.SendAsync(ready, failure).ConfigureAwait(false);
            }

            return 1;
        }
    }

    private async Task RunAsync(FileLock held, string? ready)
    {
        var record = _directory.TryReadRecord() ?? throw new VirtException(VirtErrorCode.SwitchNotFound, $"'{_directory.Path}' holds no switch.");
        NoteLastRun();
        var current = new RunRecord { Process = ProcessIdentity.Current, Started = DateTime.UtcNow, Socket = socket };
        _directory.WriteRun(current);
        var events = new EventWriter(_directory.Events);
        var run = new SwitchRun(events);
        SwitchListener listener;
        try
        {
            PlugUplink(run.Switch, record.Spec);
            listener = new SwitchListener(run.Switch, SwitchDirectory.NetworkSocket(socket));
        }
        catch (VirtException e)
        {
            run.Switch.Dispose();
            await events.DisposeAsync().ConfigureAwait(false);
            _directory.WriteRun(current with { Ended = DateTime.UtcNow, Outcome = MachineState.Failed, Reason = e.Message });
            throw;
        }

        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            run.Stop("the worker was told to end (SIGTERM)");
        });
        var server = new ControlServer(
            socket, record.Id, SwitchDialect.Instance, () => new SwitchSession(run, _directory.Events), fault => WorkerProcess.Log(fault.ToString()));
        events.Tell(EventNames.WorkerStarted, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        if (ready is not null)
        {
            await ReadySignal.SendAsync(ready, null).ConfigureAwait(false);
        }

        await run.Stopped.ConfigureAwait(false);
        listener.Dispose();
        run.Switch.Dispose();
        events.Tell(EventNames.WorkerEnded, nameof(MachineState.Stopped));
        await events.DisposeAsync().ConfigureAwait(false);
        Record(current with { Ended = DateTime.UtcNow, Outcome = MachineState.Stopped });
        server.StopListening();
        Leftover.Remove(socket);
        held.Dispose();
        // Whoever waits for the end may now start the switch again, or remove it.
        run.Finish();
        await server.DisposeAsync().ConfigureAwait(false);
    }

    private static void PlugUplink(EthernetSwitch target, Switch spec)
    {
        if (spec.Uplink is not { } uplink)
        {
            return;
        }

        target.TryAdd(
            OperatingSystem.IsLinux()
                ? TapLink.Open(uplink.Tap)
                : throw new VirtException(VirtErrorCode.NetworkUnavailable, "TAP interfaces are Linux's; leave the switch without an uplink here."),
            $"uplink {uplink.Tap}");
    }

    private void NoteLastRun()
    {
        var last = _directory.TryReadRun(out var damage);
        if (damage is not null || last is { Ended: null })
        {
            _directory.Events.Append(EventNames.WorkerLost, damage?.Message ?? LostWorker.Describe(_directory.Path, last!));
        }
    }

    // Stopped as it should and without a record, it shows as stopped, and taking that away needs no room on a full disk.
    private void Record(RunRecord record)
    {
        try
        {
            _directory.WriteRun(record);
        }
        catch (VirtException e)
        {
            WorkerProcess.Log(e.Message);
            File.Delete(_directory.RunPath);
        }
    }
}
