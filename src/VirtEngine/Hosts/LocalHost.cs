using VirtEngine.Consoles;
using VirtEngine.Control;
using VirtEngine.Images;
using VirtEngine.Machines;
using VirtEngine.Store;
using VirtFoundation;
using VirtFoundation.Control;
using VirtFoundation.Events;
using VirtFoundation.Launching;
using VirtFoundation.Store;
using VirtSpecs;
using Machine = VirtSpecs.Machine;

namespace VirtEngine.Hosts;

/// <summary>This computer.</summary>
public sealed class LocalHost : IMachineHost
{
    // Within this time a worker opens its socket, even on a slow disk.
    private static readonly TimeSpan SocketPatience = TimeSpan.FromSeconds(15);

    // A worker that is stopped in a debugger, say, must not hide the others.
    private static readonly TimeSpan StatusPatience = TimeSpan.FromSeconds(3);

    private readonly MachineStore _store;
    private readonly WorkerStarter _starter;

    /// <summary>Keeps machines under a root.</summary>
    /// <param name="root">The root.</param>
    public LocalHost(VirtRoot root)
        : this(root, WorkerLauncher.ForThisSystem(), WorkerLocator.Find)
    {
    }

    internal LocalHost(VirtRoot root, IWorkerLauncher launcher, Func<WorkerCommand> locate)
    {
        _store = new(root);
        _starter = new(launcher, locate);
    }

    /// <inheritdoc/>
    public string Name => Environment.MachineName;

    /// <summary>The root that holds the machines.</summary>
    public VirtRoot Root => _store.Root;

    /// <summary>Whether a machine has a worker.</summary>
    /// <param name="machine">The machine as it was found.</param>
    /// <returns>Whether it runs, is paused, starts or stops.</returns>
    public static bool IsRunning(MachineInfo machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        return machine.State is not (MachineState.Stopped or MachineState.Failed);
    }

    /// <summary>The machine that somebody names.</summary>
    /// <exception cref="VirtException">There is none.</exception>
    public Task<MachineInfo> FindAsync(MachineReference reference, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return reference.Id != Guid.Empty
            ? GetMachineAsync(reference.Id, cancellation)
            : DescribeAsync(_store.Get(reference.Name), cancellation);
    }

    /// <summary>Stops a machine, and returns when it is off.</summary>
    /// <exception cref="VirtException">It was not off in time.</exception>
    public async Task StopAsync(
        MachineInfo machine, StopMode mode, TimeSpan timeout, bool thenTurnOff, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(machine);
        var connection = await ConnectAsync(machine.Id, cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await connection.StopAsync(mode, timeout, thenTurnOff, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>This computer, as far as it matters to machines.</summary>
    public HostInfo Describe()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return new(Name, Root.Directory, Environment.ProcessorCount, new(memory), [
            .. HypervisorCatalog.Default.Probe().Select(one => new HypervisorInfo(
                one.Hypervisor.Name, one.Capabilities.Usable, one.Capabilities.Accelerated, one.Capabilities.MaximumProcessors, one.Capabilities.Reason)),
        ]);
    }

    /// <summary>An image by its name, its digest, or at least 8 characters that a digest begins with.</summary>
    /// <exception cref="VirtException">There is none.</exception>
    public ImageRecord FindImage(string nameOrDigest)
    {
        try
        {
            return new ImageStore(Root.Directory).Find(nameOrDigest);
        }
        catch (ImageStoreException e)
        {
            throw new VirtException(VirtErrorCode.ImageNotFound, e.Message, e);
        }
    }

    /// <summary>Whether a machine boots an image.</summary>
    /// <param name="name">The image's name.</param>
    /// <param name="digest">The image's digest.</param>
    public bool IsImageInUse(string name, string digest) => _store.List(static (_, _) => { }).Any(machine =>
        machine.Spec.Boot.Image is { } image
        && (image == name || (image.Length >= 8 && digest.StartsWith(image, StringComparison.OrdinalIgnoreCase))));

    /// <summary>The names of all machines that can be read, without asking their workers.</summary>
    public IReadOnlyList<string> GetMachineNames() => [.. _store.List(static (_, _) => { }).Select(machine => machine.Spec.Name)];

    /// <inheritdoc/>
    public Task<IReadOnlyList<MachineInfo>> GetMachinesAsync(Action<Guid, VirtException> onDamaged, CancellationToken cancellation) =>
        _store.DescribeAllAsync(record => DescribeAsync(record, cancellation), onDamaged);

    /// <inheritdoc/>
    public Task<MachineInfo> GetMachineAsync(Guid id, CancellationToken cancellation) => DescribeAsync(_store.Get(id), cancellation);

    /// <inheritdoc/>
    public Guid Create(Machine spec) => _store.Create(spec.Checked()).Id;

    /// <inheritdoc/>
    public async Task UpdateAsync(Guid id, Func<Machine, Machine> change, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(change);
        var now = await GetMachineAsync(id, cancellation).ConfigureAwait(false);
        var wanted = change(now.Spec).Checked();
        var plan = Plan.Compute(wanted with { Name = now.Name }, new SpecState(now.Spec, StateOf(now)));
        var restarting = plan.FirstOrDefault(part => part.NeedsRestart);
        if (restarting is not null && IsRunning(now))
        {
            throw new VirtException(VirtErrorCode.MachineRunning, $"{restarting.Member} of '{now.Name}' can change only while it is stopped.");
        }

        _store.Update(id, spec => change(spec).Checked(), whileOff: restarting is not null);
    }

    /// <inheritdoc/>
    public void Remove(Guid id)
    {
        var socket = _store.DirectoryOf(id).TryReadRun(out _)?.Socket;
        _store.Remove(id);
        // A worker that was killed left it. A record that names another file has been tampered with.
        var name = VirtRoot.SocketName(id);
        var control = socket is not null && Path.GetFileName(socket) == name ? socket : Path.Combine(Root.SocketDirectory, name);
        Leftover.Remove(control);
        Leftover.Remove(MachineDirectory.VsockSocket(control));
    }

    /// <inheritdoc/>
    public Task StartAsync(Guid id, CancellationToken cancellation)
    {
        var record = _store.Get(id);
        var directory = _store.DirectoryOf(id);
        return directory.TryReadRun(out _) is { Ended: null } run && run.Process.IsAlive
            ? throw new VirtException(VirtErrorCode.MachineRunning, $"'{record.Spec.Name}' is running already.")
            : _starter.StartAsync(
                Root, new("machine", id, directory.Path, directory.WorkerLogPath, VirtErrorCode.MachineStartFailed), cancellation);
    }

    /// <inheritdoc/>
    public async Task<MachineConnection> ConnectAsync(Guid id, CancellationToken cancellation)
    {
        var record = _store.Get(id);
        var run = _store.DirectoryOf(id).TryReadRun();
        if (run is not { Ended: null } || !run.Process.IsAlive)
        {
            throw new VirtException(VirtErrorCode.MachineNotRunning, $"'{record.Spec.Name}' is not running.");
        }

        return new(await ControlClient.ConnectAsync(run.Socket, id, MachineDialect.Instance, cancellation).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public IReadOnlyList<LoggedEvent> GetEvents(Guid id, long after = 0)
    {
        _store.Get(id);
        return _store.DirectoryOf(id).Events.Read(after);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LoggedEvent> FollowEventsAsync(Guid id, long after, CancellationToken cancellation)
    {
        _store.Get(id);
        return _store.DirectoryOf(id).Events.FollowAsync(after, cancellation);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ConsolePart> ReadConsole(Guid id)
    {
        _store.Get(id);
        return ConsoleFiles.ReadAll(_store.DirectoryOf(id).Path);
    }

    /// <inheritdoc/>
    public Task WaitAsync(Guid id, WaitCondition condition, string? text, CancellationToken cancellation) =>
        new MachineWait(this, id).ForAsync(condition, text, cancellation);

    /// <summary>The state in the words of plans.</summary>
    internal static RunState StateOf(MachineInfo machine) => machine.State switch
    {
        MachineState.Stopped => RunState.Stopped,
        MachineState.Failed => RunState.Failed,
        MachineState.Paused => RunState.Paused,
        _ => RunState.Running,
    };

    private async Task<MachineInfo> DescribeAsync(MachineRecord record, CancellationToken cancellation)
    {
        var directory = _store.DirectoryOf(record.Id);
        var run = directory.TryReadRun(out var damage);
        if (run is { Ended: null, Process.IsAlive: false })
        {
            run = directory.TryReadRun(out damage) ?? run; // It may have ended in order just now.
        }

        var found = new MachineInfo(record.Id)
        {
            Name = record.Spec.Name,
            HostName = Name,
            State = damage is not null ? MachineState.Failed : run?.Outcome ?? MachineState.Stopped,
            Reason = damage?.Message ?? run?.Reason,
            Created = record.Created,
            Started = run?.Started,
            Directory = directory.Path,
            Spec = record.Spec,
        };
        if (run is not { Ended: null })
        {
            return found;
        }

        if (!run.Process.IsAlive)
        {
            return found with { State = MachineState.Failed, Reason = LostWorker.Describe(directory.Path, run) };
        }

        return await AskAsync(found with { ProcessId = run.Process.Id }, run, cancellation).ConfigureAwait(false);
    }

    private async Task<MachineInfo> AskAsync(MachineInfo found, RunRecord run, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(StatusPatience);
        try
        {
            var connection = new MachineConnection(await ControlClient.ConnectAsync(run.Socket, found.Id, MachineDialect.Instance, patience.Token).ConfigureAwait(false));
            await using (connection.ConfigureAwait(false))
            {
                var status = await connection.GetStatusAsync(patience.Token).ConfigureAwait(false);
                return found with
                {
                    State = status.State,
                    Reason = status.Reason,
                    Hypervisor = status.Hypervisor,
                    BalloonTarget = new(status.BalloonTarget),
                    Balloon = new(status.Balloon),
                    AgentReady = status.AgentReady,
                    AgentVersion = status.AgentVersion,
                    Uptime = TimeSpan.FromSeconds(Math.Max(0, (long)(DateTime.UtcNow - run.Started).TotalSeconds)),
                };
            }
        }
        catch (VirtException e) when (e.Code == VirtErrorCode.WorkerLost)
        {
            // It has not opened its socket yet, or has just ended.
            return _store.DirectoryOf(found.Id).TryReadRun() is { Ended: not null } ended
                ? found with { State = ended.Outcome, Reason = ended.Reason, ProcessId = null }
                : run.Process.IsAlive
                    ? Unreached(found, run)
                    : found with { State = MachineState.Failed, Reason = LostWorker.Describe(found.Directory, run), ProcessId = null };
        }
        catch (VirtException e)
        {
            return found with { State = MachineState.Running, Reason = e.Message };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return found with { State = MachineState.Running, Reason = "The worker does not answer." };
        }
    }

    private static MachineInfo Unreached(MachineInfo found, RunRecord run) => DateTime.UtcNow - run.Started < SocketPatience
        ? found with { State = MachineState.Starting }
        : found with
        {
            State = MachineState.Running,
            Reason = $"Its worker (process {run.Process.Id}) runs, and nobody answers at its socket '{run.Socket}'; "
                + "told to end (SIGTERM), it turns the machine off in order.",
        };
}
