using VirtFoundation;
using VirtFoundation.Events;
using VirtSpecs;

namespace VirtEngine.Hosts;

/// <summary>A computer that keeps machines. Cmdlets reach machines through it alone.</summary>
public interface IMachineHost
{
    /// <summary>The computer's name.</summary>
    string Name { get; }

    /// <summary>All machines, by name.</summary>
    /// <param name="onDamaged">Told of each machine that cannot be read; the others are returned.</param>
    /// <param name="cancellation">Ends the wait for workers that do not answer.</param>
    Task<IReadOnlyList<MachineInfo>> GetMachinesAsync(Action<Guid, VirtException> onDamaged, CancellationToken cancellation);

    /// <summary>One machine.</summary>
    /// <exception cref="VirtException">There is none with the identity.</exception>
    Task<MachineInfo> GetMachineAsync(Guid id, CancellationToken cancellation);

    /// <summary>Makes a machine, stopped.</summary>
    /// <exception cref="VirtException">The spec is wrong, or the name is in use.</exception>
    Guid Create(Machine spec);

    /// <summary>Changes what a machine should be.</summary>
    /// <exception cref="VirtException">The spec is wrong, the name is in use, or the change needs the machine stopped.</exception>
    Task UpdateAsync(Guid id, Func<Machine, Machine> change, CancellationToken cancellation);

    /// <summary>Removes a machine that is off.</summary>
    /// <exception cref="VirtException">It runs, or there is none.</exception>
    void Remove(Guid id);

    /// <summary>Starts a machine and returns when it runs.</summary>
    /// <exception cref="VirtException">It runs already, or cannot be started.</exception>
    Task StartAsync(Guid id, CancellationToken cancellation);

    /// <summary>Connects to a running machine.</summary>
    /// <exception cref="VirtException">It is not running.</exception>
    Task<MachineConnection> ConnectAsync(Guid id, CancellationToken cancellation);

    /// <summary>A machine's events.</summary>
    /// <param name="id">The machine.</param>
    /// <param name="after">Only those with a greater number.</param>
    IReadOnlyList<LoggedEvent> GetEvents(Guid id, long after = 0);

    /// <summary>A machine's events as they happen, whoever writes them.</summary>
    IAsyncEnumerable<LoggedEvent> FollowEventsAsync(Guid id, long after, CancellationToken cancellation);

    /// <summary>What the guest wrote to its console in the current or last run, as far as it is kept.</summary>
    IReadOnlyList<ConsolePart> ReadConsole(Guid id);

    /// <summary>Waits until a machine is as wanted.</summary>
    /// <param name="id">The machine.</param>
    /// <param name="condition">What to wait for.</param>
    /// <param name="text">The text to wait for, with <see cref="WaitCondition.Text"/>.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="VirtException">The machine is off or failed before it came.</exception>
    Task WaitAsync(Guid id, WaitCondition condition, string? text, CancellationToken cancellation);
}
