using VirtEngine.Control;
using VirtEngine.Machines;
using VirtEngine.Store;
using VirtFoundation;
using VirtFoundation.Control;
using VirtFoundation.Events;
using VirtFoundation.Launching;
using VirtFoundation.Store;
using VirtSpecs;

namespace VirtEngine.Hosts;

/// <summary>The switches of this computer.</summary>
public sealed class LocalSwitchHost
{
    // A worker that is stopped in a debugger, say, must not hide the others.
    private static readonly TimeSpan StatusPatience = TimeSpan.FromSeconds(3);

    private readonly SwitchStore _store;
    private readonly WorkerStarter _starter;

    /// <summary>Keeps switches under a root.</summary>
    /// <param name="root">The root.</param>
    public LocalSwitchHost(VirtRoot root)
        : this(root, WorkerLauncher.ForThisSystem(), WorkerLocator.Find)
    {
    }

    internal LocalSwitchHost(VirtRoot root, IWorkerLauncher launcher, Func<WorkerCommand> locate)
    {
        _store = new(root);
        _starter = new(launcher, locate);
    }

    /// <summary>The names of all switches that can be read, without asking their workers.</summary>
    public IReadOnlyList<string> GetNames() => [.. _store.List(static (_, _) => { }).Select(record => record.Spec.Name)];

    /// <summary>All switches, by name.</summary>
    /// <param name="onDamaged">Told of each that cannot be read.</param>
    /// <param name="cancellation">Ends the asking.</param>
    public Task<IReadOnlyList<SwitchInfo>> ListAsync(Action<Guid, VirtException> onDamaged, CancellationToken cancellation) =>
        _store.DescribeAllAsync(record => DescribeAsync(record, cancellation), onDamaged);

    /// <summary>The switch with an identity.</summary>
    /// <exception cref="VirtException">There is none.</exception>
    public Task<SwitchInfo> GetAsync(Guid id, CancellationToken cancellation) => DescribeAsync(_store.Get(id), cancellation);

    /// <summary>The switch that somebody names.</summary>
    /// <exception cref="VirtException">There is none.</exception>
    public Task<SwitchInfo> FindAsync(SwitchReference reference, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return reference.Id != Guid.Empty ? GetAsync(reference.Id, cancellation) : DescribeAsync(_store.Get(reference.Name), cancellation);
    }

    /// <summary>Makes a switch, stopped.</summary>
    /// <exception cref="VirtException">The spec is wrong, or the name in use.</exception>
    public Guid Create(Switch spec) => _store.Create(spec.Checked()).Id;

    /// <summary>Changes what a switch should be.</summary>
    /// <exception cref="VirtException">There is none, the change needs it stopped, or the spec is wrong.</exception>
    public void Update(Guid id, Func<Switch, Switch> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var now = _store.Get(id).Spec;
        _store.Update(id, spec => change(spec).Checked(), whileStopped: change(now).Uplink != now.Uplink);
    }

    /// <summary>Removes a stopped switch.</summary>
    /// <exception cref="VirtException">There is none, or it runs.</exception>
    public void Remove(Guid id)
    {
        _store.Remove(id);
        // A worker that was killed left them.
        var socket = Path.Combine(_store.Root.SocketDirectory, VirtRoot.SocketName(id));
        Leftover.Remove(socket);
        Leftover.Remove(SwitchDirectory.NetworkSocket(socket));
    }

    /// <summary>Starts a switch in a process of its own, and returns when it carries frames.</summary>
    /// <exception cref="VirtException">There is none, it runs already, or its uplink cannot be used.</exception>
    public Task StartAsync(Guid id, CancellationToken cancellation)
    {
        var record = _store.Get(id);
        var directory = _store.DirectoryOf(id);
        return directory.TryReadRun(out _) is { Ended: null } run && run.Process.IsAlive
            ? throw new VirtException(VirtErrorCode.SwitchRunning, $"'{record.Spec.Name}' is running already.")
            : _starter.StartAsync(
                _store.Root, new(SwitchDialect.Role, id, directory.Path, directory.WorkerLogPath, VirtErrorCode.SwitchStartFailed), cancellation);
    }

    /// <summary>Stops a switch, and returns when it can be started again. Machines that are plugged in stay, without a link.</summary>
    /// <exception cref="VirtException">There is none, or it does not run.</exception>
    public async Task StopAsync(Guid id, CancellationToken cancellation)
    {
        var record = _store.Get(id);
        var run = _store.DirectoryOf(id).TryReadRun();
        if (run is not { Ended: null } || !run.Process.IsAlive)
        {
            throw new VirtException(VirtErrorCode.SwitchNotRunning, $"'{record.Spec.Name}' is not running.");
        }

        var client = await ControlClient.ConnectAsync(run.Socket, id, SwitchDialect.Instance, cancellation).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            await client.SendAsync(new StopSwitchRequest(), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>What happened to a switch, after an event's number.</summary>
    /// <exception cref="VirtException">There is none.</exception>
    public IReadOnlyList<LoggedEvent> GetEvents(Guid id, long after = 0)
    {
        _store.Get(id);
        return _store.DirectoryOf(id).Events.Read(after);
    }

    /// <summary>A switch's events as they happen, whoever writes them.</summary>
    /// <exception cref="VirtException">There is none.</exception>
    public IAsyncEnumerable<LoggedEvent> FollowEventsAsync(Guid id, long after, CancellationToken cancellation)
    {
        _store.Get(id);
        return _store.DirectoryOf(id).Events.FollowAsync(after, cancellation);
    }

    private async Task<SwitchInfo> DescribeAsync(SwitchRecord record, CancellationToken cancellation)
    {
        var directory = _store.DirectoryOf(record.Id);
        var run = directory.TryReadRun(out var damage);
        if (run is { Ended: null, Process.IsAlive: false })
        {
            run = directory.TryReadRun(out damage) ?? run; // It may have ended in order just now.
        }

        var found = new SwitchInfo(record.Id)
        {
            Name = record.Spec.Name,
            HostName = Environment.MachineName,
            State = damage is not null || run is { Ended: not null, Outcome: MachineState.Failed } ? SwitchState.Failed : SwitchState.Stopped,
            Reason = damage?.Message ?? run?.Reason,
            Created = record.Created,
            Started = run?.Started,
            Directory = directory.Path,
            Spec = record.Spec,
        };
        return run is not { Ended: null } ? found
            : run.Process.IsAlive ? await AskAsync(found with { State = SwitchState.Running, ProcessId = run.Process.Id }, run, cancellation).ConfigureAwait(false)
            : found with { State = SwitchState.Failed, Reason = LostWorker.Describe(directory.Path, run) };
    }

    private static async Task<SwitchInfo> AskAsync(SwitchInfo found, RunRecord run, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(StatusPatience);
        try
        {
            var client = await ControlClient.ConnectAsync(run.Socket, found.Id, SwitchDialect.Instance, patience.Token).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                var status = await client.SendAsync<SwitchStatusReply>(new StatusRequest(), patience.Token).ConfigureAwait(false);
                return found with { Ports = status.Ports, Addresses = status.Addresses };
            }
        }
        catch (VirtException e)
        {
            return found with { Reason = e.Message };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return found with { Reason = "The worker does not answer." };
        }
    }
}
