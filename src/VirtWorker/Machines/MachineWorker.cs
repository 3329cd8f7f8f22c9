using System.Globalization;
using System.Runtime.InteropServices;
using VirtEngine.Consoles;
using VirtEngine.Control;
using VirtEngine.Machines;
using VirtEngine.Store;
using VirtFoundation;
using VirtFoundation.Control;
using VirtFoundation.Events;
using VirtFoundation.Launching;
using VirtFoundation.Store;

namespace VirtWorker.Machines;

/// <summary>Owns one machine: takes its directory, builds it, runs it, serves its clients, and ends with it.</summary>
internal sealed class MachineWorker(string path, string socket, IMachineFactory factory)
{
    private readonly MachineDirectory _directory = new(path);
    private bool _recorded;

    /// <summary>Runs the machine to its end.</summary>
    /// <param name="ready">Where the starter listens, or null.</param>
    /// <returns>The process's exit code.</returns>
    internal async Task<int> RunAsync(string? ready)
    {
        try
        {
            WorkerProcess.Detach(_directory.WorkerLogPath);
            var held = _directory.TryTakeStopped()
                ?? throw new VirtException(VirtErrorCode.MachineRunning, "The machine is running already, or is being started or removed.");
            using (held)
            {
                return await RunAsync(held, ready).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is VirtException or IOException or UnauthorizedAccessException)
        {
            return await RefuseAsync(MachineFault.From(e, _directory.Path), ready).ConfigureAwait(false);
        }
    }

    private static async Task<int> RefuseAsync(VirtException failure, string? ready)
    {
        WorkerProcess.Log($"{failure.Code}: {failure}");
        if (ready is not null)
        {
            await ReadySignal.SendAsync(ready, failure).ConfigureAwait(false);
        }

        return 1;
    }

    private async Task<int> RunAsync(FileLock held, string? ready)
    {
        var record = _directory.TryReadRecord()
            ?? throw new VirtException(VirtErrorCode.MachineNotFound, $"'{_directory.Path}' holds no machine.");
        NoteLastRun();
        var run = new RunRecord { Process = ProcessIdentity.Current, Started = DateTime.UtcNow, Socket = socket };
        _directory.WriteRun(run);
        try
        {
            return await RunAsync(record, run, held, ready).ConfigureAwait(false);
        }
        catch (Exception e) when (!_recorded && e is VirtException or IOException or UnauthorizedAccessException)
        {
            var failure = MachineFault.From(e, record.Spec.Name);
            Finish(run with { Ended = DateTime.UtcNow, Outcome = MachineState.Failed, Reason = failure.Message });
            throw failure;
        }
    }

    private async Task<int> RunAsync(MachineRecord record, RunRecord run, FileLock held, string? ready)
    {
        using var console = new ConsoleLog(_directory.Path);
        var events = new EventWriter(_directory.Events);
        var machine = new MachineRun(record, console, events);
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            events.Tell(EventNames.StopRequested, "the worker was told to end (SIGTERM)");
            machine.TurnOff();
        });
        var server = new ControlServer(socket, record.Id, MachineDialect.Instance, () => new MachineSession(machine, _directory.Events), Fault);
        events.Tell(EventNames.WorkerStarted, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        VirtException? failure = null;
        try
        {
            machine.Start(factory, RootOf(_directory));
        }
#pragma warning disable CA1031 // Whatever building a machine throws ends this run, is recorded, and reaches who started it.
        catch (Exception e)
        {
            failure = MachineFault.From(e, record.Spec.Name);
            machine.Fail(failure.Message);
        }
#pragma warning restore CA1031

        if (failure is null && ready is not null)
        {
            await ReadySignal.SendAsync(ready, null).ConfigureAwait(false);
        }

        await machine.Ended.ConfigureAwait(false);
        await machine.DisposeAsync().ConfigureAwait(false);
        events.Tell(EventNames.WorkerEnded, machine.State.ToString());
        await events.DisposeAsync().ConfigureAwait(false);
        Finish(run with { Ended = DateTime.UtcNow, Outcome = machine.State, Reason = machine.Reason });
        server.StopListening();
        Leftover.Remove(socket);
        held.Dispose();
        // Whoever waits for the end may now start the machine again, or remove it.
        machine.Finish();
        if (failure is not null)
        {
            await RefuseAsync(failure, ready).ConfigureAwait(false);
        }

        await server.DisposeAsync().ConfigureAwait(false);
        return failure is null ? 0 : 1;
    }

    private static VirtRoot RootOf(MachineDirectory directory) => VirtRoot.At(Path.Combine(directory.Path, "..", ".."));

    private static void Fault(Exception fault) => WorkerProcess.Log(fault.ToString());

    private void NoteLastRun()
    {
        var last = _directory.TryReadRun(out var damage);
        if (damage is not null || last is { Ended: null })
        {
            _directory.Events.Append(EventNames.WorkerLost, damage?.Message ?? LostWorker.Describe(_directory.Path, last!));
        }
    }

    private void Finish(RunRecord run)
    {
        _recorded = true;
        try
        {
            _directory.WriteRun(run);
        }
        catch (VirtException e)
        {
            // The disk is full. A machine that stopped as it should shows as stopped without a record, and taking that away needs no room;
            // one that failed will show as one whose worker was lost, which is the nearest truth that can be kept.
            WorkerProcess.Log(e.Message);
            if (run.Outcome == MachineState.Stopped)
            {
                File.Delete(_directory.RunPath);
            }
        }
    }
}
