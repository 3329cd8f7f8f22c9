using System.Runtime.CompilerServices;
using AppLayer.Activation;
using AppLayer.Resolution;
using AppLayer.Store;
using VirtFoundation;
using VirtFoundation.Events;
using VirtFoundation.Launching;
using VirtFoundation.Store;
using VirtSpecs;

namespace AppLayer.Applications;

/// <summary>The virtual applications of this computer.</summary>
public sealed class LocalApplicationHost
{
    // Within this time a worker opens its socket, even on a slow disk.
    private static readonly TimeSpan SocketPatience = TimeSpan.FromSeconds(15);

    // A worker that is stopped in a debugger, say, must not hide the others.
    private static readonly TimeSpan StatusPatience = TimeSpan.FromSeconds(3);

    // Between two attempts to join a run that was just ending.
    private static readonly TimeSpan EndPause = TimeSpan.FromMilliseconds(20);

    private readonly ApplicationStore _store;
    private readonly LayerStore _layers;
    private readonly ApplicationStarter _starter;

    /// <summary>Keeps applications under a root.</summary>
    /// <param name="root">The root.</param>
    public LocalApplicationHost(VirtRoot root)
        : this(root, WorkerLauncher.ForThisSystem(), WorkerLocator.Find)
    {
    }

    internal LocalApplicationHost(VirtRoot root, IWorkerLauncher launcher, Func<WorkerCommand> locate)
    {
        _store = new(root);
        _layers = new(root);
        _starter = new(launcher, locate);
    }

    /// <summary>The root that holds the applications and their layers.</summary>
    public VirtRoot Root => _store.Root;

    /// <summary>Whether programs of an application run, or are about to.</summary>
    /// <param name="application">The application as it was found.</param>
    public static bool IsRunning(ApplicationInfo application)
    {
        ArgumentNullException.ThrowIfNull(application);
        return application.State is ApplicationState.Starting or ApplicationState.Running;
    }

    /// <summary>The names of all applications that can be read, without asking their workers.</summary>
    public IReadOnlyList<string> GetNames() => [.. _store.List(static (_, _) => { }).Select(application => application.Spec.Name)];

    /// <summary>The application that somebody names.</summary>
    /// <exception cref="VirtException">There is none.</exception>
    public Task<ApplicationInfo> FindAsync(ApplicationReference reference, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return reference.Id != Guid.Empty
            ? GetAsync(reference.Id, cancellation)
            : DescribeAsync(_store.Get(reference.Name), cancellation);
    }

    /// <summary>All applications, by name.</summary>
    /// <param name="onDamaged">Told of each application that cannot be read; the others are returned.</param>
    /// <param name="cancellation">Ends the wait for workers that do not answer.</param>
    public Task<IReadOnlyList<ApplicationInfo>> ListAsync(Action<Guid, VirtException> onDamaged, CancellationToken cancellation) =>
        _store.DescribeAllAsync(record => DescribeAsync(record, cancellation), onDamaged);

    /// <summary>One application.</summary>
    /// <exception cref="VirtException">There is none with the identity.</exception>
    public Task<ApplicationInfo> GetAsync(Guid id, CancellationToken cancellation) => DescribeAsync(_store.Get(id), cancellation);

    /// <summary>Makes an application. Its layers need not be there yet.</summary>
    /// <returns>Its identity.</returns>
    /// <exception cref="VirtException">The spec is wrong, or the name is in use.</exception>
    public Guid Create(Application spec) => _store.Create(spec.Checked()).Id;

    /// <summary>Changes what an application should be.</summary>
    /// <exception cref="VirtException">The spec is wrong, the name is in use, or the change needs the application stopped.</exception>
    public async Task UpdateAsync(Guid id, Func<Application, Application> change, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(change);
        var now = await GetAsync(id, cancellation).ConfigureAwait(false);
        var wanted = change(now.Spec).Checked();
        var plan = Plan.Compute(wanted with { Name = now.Name }, new SpecState(now.Spec, StateOf(now)));
        var restarting = plan.FirstOrDefault(part => part.NeedsRestart);
        if (restarting is not null && IsRunning(now))
        {
            throw new VirtException(VirtErrorCode.ApplicationRunning, $"{restarting.Member} of '{now.Name}' can change only while it is stopped.");
        }

        _store.Update(id, spec => change(spec).Checked(), whileStopped: restarting is not null);
    }

    /// <summary>Removes an application that is stopped, with everything that it wrote, its data layer too.</summary>
    /// <exception cref="VirtException">It runs, or there is none.</exception>
    public void Remove(Guid id)
    {
        _store.Remove(id);
        Leftover.Remove(Path.Combine(Root.SocketDirectory, VirtRoot.SocketName(id))); // A worker that was killed left it.
    }

    /// <summary>Removes a layer that no application is made of.</summary>
    /// <exception cref="VirtException">An application needs it, somebody holds it, or there is no such layer.</exception>
    public void RemoveLayer(Guid id)
    {
        var layer = _layers.Get(id);
        LayerReference[] all = [.. _layers.List(static (_, _) => { }).Select(one => new LayerReference(one.Name, one.Version))];
        var needing = _store.List(static (_, _) => { }).FirstOrDefault(application => application.Spec.Layers.Any(
            use => use.TryResolve(all, out var found) && found == new LayerReference(layer.Name, layer.Version)));
        if (needing is not null)
        {
            throw new VirtException(VirtErrorCode.LayerInUse, $"The virtual application '{needing.Spec.Name}' is made of {layer}.");
        }

        _layers.Remove(id);
    }

    /// <summary>
    /// Starts an application's program. If the application runs, the program joins its view: what it sees and changes is one for all of them.
    /// </summary>
    /// <param name="id">The application.</param>
    /// <param name="request">What differs from the spec.</param>
    /// <param name="progress">Told what takes long.</param>
    /// <param name="cancellation">Ends the attempt; a program that was started goes on.</param>
    /// <returns>The program, with its number in the run.</returns>
    /// <exception cref="VirtException">It cannot be started.</exception>
    public async Task<ProgramRecord> StartAsync(
        Guid id, StartRequest request, IProgress<ActivationStage>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        var record = _store.Get(id);
        var program = request.ToProgram(record.Spec);
        if (PlatformOf(record.Spec) == LayerPlatform.Windows && OperatingSystem.IsLinux())
        {
            await BasePrefix.ProvideAsync(Root, WineInstallation.Find(), progress, cancellation).ConfigureAwait(false);
        }

        progress?.Report(ActivationStage.Starting);
        while (true)
        {
            try
            {
                var connection = await ConnectOrStartAsync(id, cancellation).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    return await connection.StartAsync(program, cancellation).ConfigureAwait(false);
                }
            }
            catch (VirtException e) when (e.Code is VirtErrorCode.ApplicationRunning or VirtErrorCode.ApplicationNotRunning)
            {
                // Another start was faster, or the run ends in this moment.
                await Task.Delay(EndPause, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Connects to a running application.</summary>
    /// <exception cref="VirtException">It is not running.</exception>
    public Task<ApplicationConnection> ConnectAsync(Guid id, CancellationToken cancellation)
    {
        var record = _store.Get(id);
        return RunningSocket(id) is { } socket
            ? ApplicationConnection.OpenAsync(socket, id, cancellation)
            : throw new VirtException(VirtErrorCode.ApplicationNotRunning, $"'{record.Spec.Name}' is not running.");
    }

    /// <summary>Stops every program of an application, and returns when the run is recorded.</summary>
    /// <param name="id">The application.</param>
    /// <param name="timeout">How long the programs may take.</param>
    /// <param name="thenKill">Whether they are killed after that time, rather than that this fails.</param>
    /// <param name="cancellation">Ends the wait; the order stands.</param>
    /// <exception cref="VirtException">It is not running, or its programs had not ended in time.</exception>
    public async Task StopAsync(Guid id, TimeSpan timeout, bool thenKill, CancellationToken cancellation)
    {
        var connection = await ConnectAsync(id, cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await connection.StopAsync(timeout, thenKill, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Throws away what an application wrote, save what isolation rules keep: its data layer, and places of the system that it writes to itself.
    /// It takes the time of one change of a name. What was thrown away still takes room until <see cref="SweepAsync"/>, which the next start
    /// does too.
    /// </summary>
    /// <exception cref="VirtException">It runs, or the disk refuses.</exception>
    public void Reset(Guid id)
    {
        var record = _store.Get(id);
        var directory = _store.DirectoryOf(id);
        using var held = _store.TakeStopped(id);
        KeepData(directory);
        directory.Writable.Reset();
        directory.Events.Append(EventNames.Reset, record.Spec.Name);
    }

    // What a lost run wrote to the data layer's keys is among what it wrote. A disk that is full must not keep anybody from a reset.
    private void KeepData(ApplicationDirectory directory)
    {
        try
        {
            ApplicationRecovery.Recover(directory, _layers);
        }
        catch (VirtException e)
        {
            directory.Events.Append(EventNames.RegistryLost, e.Message);
        }
    }

    /// <summary>Frees the room of what resets threw away.</summary>
    public Task SweepAsync(Guid id, CancellationToken cancellation) => Task.Run(() => _store.DirectoryOf(id).Writable.Sweep(), cancellation);

    /// <summary>Waits for a program's end.</summary>
    /// <param name="id">The application.</param>
    /// <param name="program">The program's number in the current or last run.</param>
    /// <param name="cancellation">Ends the wait; the program goes on.</param>
    /// <returns>What it ended with.</returns>
    /// <exception cref="VirtException">There is no such program, or the worker was lost.</exception>
    public async Task<int> WaitAsync(Guid id, int program, CancellationToken cancellation)
    {
        try
        {
            var connection = await ConnectAsync(id, cancellation).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                return await connection.WaitAsync(program, cancellation).ConfigureAwait(false);
            }
        }
        catch (VirtException e) when (e.Code is VirtErrorCode.ApplicationNotRunning or VirtErrorCode.WorkerLost)
        {
            var now = await GetEndedAsync(id, cancellation).ConfigureAwait(false);
            return now.Programs.FirstOrDefault(one => one.Number == program)?.ExitCode ?? throw new VirtException(
                now.State == ApplicationState.Failed ? VirtErrorCode.ApplicationFailed : e.Code,
                now.Reason ?? $"'{now.Name}' has no program {program} in its last run.", e);
        }
    }

    /// <summary>Waits until an application's last program has ended and the run is recorded.</summary>
    /// <returns>The application as it is then.</returns>
    public async Task<ApplicationInfo> WaitForEndAsync(Guid id, CancellationToken cancellation)
    {
        try
        {
            var connection = await ConnectAsync(id, cancellation).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                await connection.WaitForEndAsync(cancellation).ConfigureAwait(false);
            }
        }
        catch (VirtException e) when (e.Code is VirtErrorCode.ApplicationNotRunning or VirtErrorCode.WorkerLost)
        {
            return await GetEndedAsync(id, cancellation).ConfigureAwait(false);
        }

        return await GetEndedAsync(id, cancellation).ConfigureAwait(false);
    }

    /// <summary>Reads what a program of the current or last run wrote to one of its streams.</summary>
    /// <param name="id">The application.</param>
    /// <param name="program">The program's number in the run.</param>
    /// <param name="isError">Whether to its standard error stream.</param>
    /// <param name="offset">Where to begin, in bytes; what is no longer kept is skipped.</param>
    /// <param name="follow">Whether to go on as it writes, until it ends.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async IAsyncEnumerable<ProgramOutputPart> ReadOutputAsync(
        Guid id, int program, bool isError, long offset, bool follow, [EnumeratorCancellation] CancellationToken cancellation)
    {
        _store.Get(id);
        if (follow && await TryOpenAsync(id, cancellation).ConfigureAwait(false) is { } connection)
        {
            // Only the worker knows when the program has ended; what it wrote is in the file.
            await using (connection.ConfigureAwait(false))
            {
                var parts = connection.ReadAsync(program, isError, offset, follow: true, cancellation).GetAsyncEnumerator(cancellation);
                await using (parts.ConfigureAwait(false))
                {
                    bool? isMore;
                    while ((isMore = await TryMoveAsync(id, parts, cancellation).ConfigureAwait(false)) == true)
                    {
                        yield return parts.Current;
                        offset = parts.Current.Offset + parts.Current.Data.Length;
                    }

                    if (isMore == false)
                    {
                        yield break; // By now the file may be the next run's.
                    }
                }
            }
        }

        var path = _store.DirectoryOf(id).OutputPath(program, isError);
        var buffer = new byte[64 << 10];
        int read;
        while ((read = ProgramOutput.Read(path, ref offset, buffer)) > 0)
        {
            yield return new(offset, buffer.AsMemory(0, read).ToArray());
            offset += read;
        }
    }

    // Whether there is more; null from a worker that ended in order before it had sent everything: the rest is in the file.
    private async Task<bool?> TryMoveAsync(Guid id, IAsyncEnumerator<ProgramOutputPart> parts, CancellationToken cancellation)
    {
        try
        {
            return await parts.MoveNextAsync().ConfigureAwait(false);
        }
        catch (VirtException e) when (e.Code == VirtErrorCode.WorkerLost)
        {
            if ((await GetEndedAsync(id, cancellation).ConfigureAwait(false)).State != ApplicationState.Stopped)
            {
                throw;
            }

            return null;
        }
    }

    /// <summary>An application's events.</summary>
    /// <param name="id">The application.</param>
    /// <param name="after">Only those with a greater number.</param>
    public IReadOnlyList<LoggedEvent> GetEvents(Guid id, long after = 0)
    {
        _store.Get(id);
        return _store.DirectoryOf(id).Events.Read(after);
    }

    /// <summary>An application's events as they happen, whoever writes them.</summary>
    public IAsyncEnumerable<LoggedEvent> FollowEventsAsync(Guid id, long after, CancellationToken cancellation)
    {
        _store.Get(id);
        return _store.DirectoryOf(id).Events.FollowAsync(after, cancellation);
    }

    /// <summary>The directory with the files that an application's programs changed, in tree layout; it need not exist.</summary>
    /// <exception cref="VirtException">There is no such application.</exception>
    public string GetWritableTree(Guid id) => _store.DirectoryOf(_store.Get(id).Id).Writable.Tree;

    /// <summary>
    /// What an application's programs see and where it comes from: now if it runs, else at its next start. Nothing is mounted or changed.
    /// What a Windows program that runs has written to the registry is known when it has ended.
    /// </summary>
    /// <exception cref="VirtException">There is no such application, or a layer or rule of it is wrong.</exception>
    public StackView OpenView(Guid id) => new StackViews(_store, _layers).OfApplication(id);

    /// <summary>What layers over the system show without an application.</summary>
    /// <param name="layers">The layers, of one platform; the first wins.</param>
    /// <exception cref="VirtException">A layer is not there or damaged, or they are of different platforms.</exception>
    public StackView OpenView(IReadOnlyCollection<LayerReference> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        return layers.Count > 0
            ? new StackViews(_store, _layers).OfLayers(layers)
            : throw new VirtException(VirtErrorCode.ParameterInvalid, "A stack has at least one layer.");
    }

    /// <summary>Where layers of a stack disagree.</summary>
    /// <param name="layers">The layers, of one platform; the first wins.</param>
    /// <exception cref="VirtException">A layer is not there or damaged, or they are of different platforms.</exception>
    public IReadOnlyList<LayerConflict> FindConflicts(IReadOnlyCollection<LayerReference> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        return layers.Count == 0 ? [] : LayerConflicts.Find(
        [
            .. LayerStack.Resolve(_layers, "The stack", layers).Layers.DistinctBy(layer => layer.Id)
                .Select(layer => new ConflictLayer($"{layer}", _layers.ReadFiles(layer.Id), _layers.ReadRegistry(layer.Id))),
        ]);
    }

    /// <summary>The state in the words of plans.</summary>
    internal static RunState StateOf(ApplicationInfo application) => application.State switch
    {
        ApplicationState.Stopped => RunState.Stopped,
        ApplicationState.Failed => RunState.Failed,
        _ => RunState.Running,
    };

    private LayerPlatform PlatformOf(Application spec) => LayerStack.Resolve(_layers, spec.Name, spec.Layers).Platform;

    // Null where none runs, or the run ends in this moment.
    private async Task<ApplicationConnection?> TryOpenAsync(Guid id, CancellationToken cancellation)
    {
        try
        {
            return RunningSocket(id) is { } socket ? await ApplicationConnection.OpenAsync(socket, id, cancellation).ConfigureAwait(false) : null;
        }
        catch (VirtException e) when (e.Code == VirtErrorCode.WorkerLost)
        {
            return null;
        }
    }

    private string? RunningSocket(Guid id) =>
        _store.DirectoryOf(id).TryReadRun(out _) is { Ended: null } run && run.Process.IsAlive ? run.Socket : null;

    private async Task<ApplicationConnection> ConnectOrStartAsync(Guid id, CancellationToken cancellation)
    {
        if (RunningSocket(id) is { } socket)
        {
            try
            {
                return await ApplicationConnection.OpenAsync(socket, id, cancellation).ConfigureAwait(false);
            }
            catch (VirtException e) when (e.Code == VirtErrorCode.WorkerLost)
            {
                throw new VirtException(VirtErrorCode.ApplicationNotRunning, e.Message, e);
            }
        }

        await _starter.StartAsync(Root, id, _store.DirectoryOf(id), cancellation).ConfigureAwait(false);
        return await ApplicationConnection.OpenAsync(Root.SocketPath(id), id, cancellation).ConfigureAwait(false);
    }

    private async Task<ApplicationInfo> GetEndedAsync(Guid id, CancellationToken cancellation)
    {
        var now = await GetAsync(id, cancellation).ConfigureAwait(false);
        while (IsRunning(now))
        {
            // The socket of a process that dies goes before the process itself.
            await Task.Delay(EndPause, cancellation).ConfigureAwait(false);
            now = await GetAsync(id, cancellation).ConfigureAwait(false);
        }

        return now;
    }

    private async Task<ApplicationInfo> DescribeAsync(ApplicationRecord record, CancellationToken cancellation)
    {
        var directory = _store.DirectoryOf(record.Id);
        var run = directory.TryReadRun(out var damage);
        VirtException? unfinished = null;
        if (run is { Ended: null, Process.IsAlive: false })
        {
            try
            {
                run = ApplicationRecovery.TryRecover(directory, _layers) ?? run;
            }
            catch (VirtException e)
            {
                unfinished = e;
            }
        }

        var found = new ApplicationInfo(record.Id)
        {
            Name = record.Spec.Name,
            HostName = Environment.MachineName,
            State = damage is not null ? ApplicationState.Failed : run?.Outcome ?? ApplicationState.Stopped,
            Reason = damage?.Message ?? run?.Reason,
            Programs = run?.Programs ?? [],
            Created = record.Created,
            Started = run?.Started,
            Ended = run?.Ended,
            Directory = directory.Path,
            Spec = record.Spec,
        };
        if (run is not { Ended: null })
        {
            return found;
        }

        return run.Process.IsAlive
            ? await AskAsync(found with { ProcessId = run.Process.Id }, run, cancellation).ConfigureAwait(false)
            : found with
            {
                State = ApplicationState.Failed,
                Reason = $"{LostWorker.Describe(directory.Path, run)}{(unfinished is null ? "" : $" What it left could not be kept yet: {unfinished.Message}")}",
            };
    }

    private async Task<ApplicationInfo> AskAsync(ApplicationInfo found, ApplicationRunRecord run, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(StatusPatience);
        try
        {
            var connection = await ApplicationConnection.OpenAsync(run.Socket, found.Id, patience.Token).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var status = await connection.GetStatusAsync(patience.Token).ConfigureAwait(false);
                return found with { State = status.State, Programs = status.Programs };
            }
        }
        catch (VirtException e) when (e.Code == VirtErrorCode.WorkerLost)
        {
            if (!run.Process.IsAlive)
            {
                return await DescribeAsync(_store.Get(found.Id), cancellation).ConfigureAwait(false); // It ended in this moment.
            }

            // It has not opened its socket yet, or has just ended.
            return _store.DirectoryOf(found.Id).TryReadRun() is { Ended: not null } ended
                ? found with { State = ended.Outcome, Reason = ended.Reason, Programs = ended.Programs, Ended = ended.Ended, ProcessId = null }
                : run.Process.IsAlive && DateTime.UtcNow - run.Started < SocketPatience
                    ? found with { State = ApplicationState.Starting }
                    : found with { State = ApplicationState.Running, Reason = $"Its worker (process {run.Process.Id}) cannot be reached: {e.Message}" };
        }
        catch (VirtException e)
        {
            return found with { State = ApplicationState.Running, Reason = e.Message };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return found with { State = ApplicationState.Running, Reason = "The worker does not answer." };
        }
    }
}
