using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using AppLayer.Activation;
using AppLayer.Applications;
using AppLayer.Applications.Control;
using AppLayer.Mounting;
using AppLayer.Store;
using VirtFoundation;
using VirtFoundation.Control;
using VirtFoundation.Events;
using VirtFoundation.Interop;
using VirtFoundation.Launching;
using VirtFoundation.Store;
using VirtSpecs;

namespace VirtWorker.Applications;

/// <summary>
/// Owns one application's view: takes its directory, makes the view in this process's namespaces, starts programs in it, and ends with the
/// last of them.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class ApplicationWorker(string path, string socket)
{
    private readonly ApplicationDirectory _directory = new(path);

    /// <summary>Runs the application to its end.</summary>
    /// <param name="ready">Where the starter listens, or null.</param>
    /// <returns>The process's exit code.</returns>
    internal async Task<int> RunAsync(string? ready)
    {
        try
        {
            WorkerProcess.Detach(_directory.WorkerLogPath);
            using var held = _directory.TryTakeStopped()
                ?? throw new VirtException(VirtErrorCode.ApplicationRunning, "The application is running already, or is being started, reset or removed.");
            await RunAsync(held, ready).ConfigureAwait(false);
            return 0;
        }
        catch (Exception e) when (e is VirtException or IOException or UnauthorizedAccessException)
        {
            var failure = ApplicationFault.From(e);
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
        // Before this namespace's own processes are shown.
        var process = ProcessIdentity.Current;
        var root = VirtRoot.At(Path.Combine(_directory.Path, "..", ".."));
        var layers = new LayerStore(root);
        ApplicationRecovery.Recover(_directory, layers);
        var (id, order) = ReadOrder(layers);
        using var hold = layers.Hold([.. order.Layers]);
        var wine = order.Platform == LayerPlatform.Windows ? WineInstallation.Find() : null;
        var record = new ApplicationRunRecord
        {
            Process = process,
            Started = DateTime.UtcNow,
            Socket = socket,
            Layers = order.Layers,
            Rules = order.Rules,
            Base = wine is null || order.Prefix is not null ? null : BasePrefix.PathOf(root, wine),
            Writable = order.Writable,
        };
        using var prefix = record.Base is null ? null : BasePrefix.Hold(record.Base);
        _directory.WriteRun(record);
        ProgramOutput.RemoveAll(_directory.Path);
        var kind = Libc.Geteuid() == 0 ? NamespaceKind.Root : NamespaceKind.User;
        var sources = new ViewSources(layers, record.Base ?? "");
        ApplicationView view = wine is null ? new LinuxView(_directory, order, sources, kind) : new WineView(_directory, order, sources, wine, kind);
        var events = new EventWriter(_directory.Events);
        var run = new ApplicationRun(_directory, view, events);
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            events.Tell(EventNames.StopRequested, "the worker was told to end (SIGTERM)");
            run.Stop();
        });
        // While the view is made, the client that was told comes and asks for its program.
        var running = Task.Run(run.RunAsync);
        var server = new ControlServer(
            socket, id, ApplicationDialect.Instance, () => new ApplicationSession(run, _directory), fault => WorkerProcess.Log(fault.ToString()));
        events.Tell(EventNames.WorkerStarted, process.Id.ToString(CultureInfo.InvariantCulture));
        if (ready is not null)
        {
            await ReadySignal.SendAsync(ready, null).ConfigureAwait(false);
        }

        var failure = await running.ConfigureAwait(false) ?? Finish(record, layers, view, run);
        var outcome = failure is null ? ApplicationState.Stopped : ApplicationState.Failed;
        events.Tell(EventNames.WorkerEnded, outcome.ToString());
        await events.DisposeAsync().ConfigureAwait(false);
        Record(record with { Ended = DateTime.UtcNow, Outcome = outcome, Reason = failure?.Message, Programs = run.Programs });
        server.StopListening();
        Leftover.Remove(socket);
        held.Dispose();
        // Whoever waits for the end may now start the application again, reset or remove it.
        run.Finish();
        await server.DisposeAsync().ConfigureAwait(false);
    }

    private VirtException? Finish(ApplicationRunRecord record, LayerStore layers, ApplicationView view, ApplicationRun run)
    {
        try
        {
            view.Close();
            if (!run.IsAbandoned)
            {
                ApplicationRecovery.Finish(_directory, record, layers);
            }

            return null;
        }
        catch (VirtException e)
        {
            WorkerProcess.Log(e.ToString());
            return e;
        }
    }

    // Stopped as it should and without a record, it shows as stopped, and taking that away needs no room on a full disk.
    private void Record(ApplicationRunRecord record)
    {
        try
        {
            _directory.WriteRun(record);
        }
        catch (VirtException e)
        {
            WorkerProcess.Log(e.Message);
            if (record.Outcome == ApplicationState.Stopped)
            {
                File.Delete(_directory.RunPath);
            }
        }
    }

    private (Guid Id, ViewOrder Order) ReadOrder(LayerStore layers)
    {
        if (_directory.TryReadView() is { } record)
        {
            var stack = LayerStack.Resolve(layers, record.Spec.Name, record.Spec.Layers.Select(LayerReference.Parse));
            return (record.Id, new()
            {
                Platform = stack.Platform,
                Layers = [.. stack.Layers.Select(layer => layer.Id)],
                Rules = record.Spec.Rules ?? [],
                Writable = record.Spec.Writable,
            });
        }

        var temporary = _directory.TryReadTemporary()
            ?? throw new VirtException(VirtErrorCode.ApplicationNotFound, $"'{_directory.Path}' holds no application.");
        return (temporary.Id, new()
        {
            Platform = temporary.Platform,
            Layers = temporary.Layers,
            Rules = temporary.Rules,
            Prefix = temporary.Prefix,
            IsTemporary = true,
        });
    }
}
