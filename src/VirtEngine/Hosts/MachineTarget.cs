using VirtEngine.Control;
using VirtFoundation;
using VirtSpecs;
using Machine = VirtSpecs.Machine;

namespace VirtEngine.Hosts;

/// <summary>The machines of a host, as plans change them.</summary>
/// <param name="host">The host.</param>
public sealed class MachineTarget(IMachineHost host) : ISpecTarget
{
    /// <inheritdoc/>
    public bool Keeps(Spec spec) => spec is Machine;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SpecState>> GetStatesAsync(CancellationToken cancellation)
    {
        var machines = await host.GetMachinesAsync(static (_, _) => { }, cancellation).ConfigureAwait(false);
        return [.. machines.Select(machine => new SpecState(machine.Spec, LocalHost.StateOf(machine)))];
    }

    /// <inheritdoc/>
    public async Task ApplyAsync(SpecChange change, IProgress<SpecProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(change);
        switch (change.Action)
        {
            case ChangeAction.Create:
                host.Create((Machine)change.ApplyTo(null)!);
                break;
            case ChangeAction.Update:
                var updated = await FindAsync(change.Name, cancellation).ConfigureAwait(false);
                await host.UpdateAsync(updated.Id, spec => (Machine)change.ApplyTo(spec)!, cancellation).ConfigureAwait(false);
                break;
            case ChangeAction.Start:
                await StartAsync(await FindAsync(change.Name, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
                break;
            case ChangeAction.Stop:
                await StopAsync(await FindAsync(change.Name, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
                break;
            case ChangeAction.Remove:
                host.Remove((await FindAsync(change.Name, cancellation).ConfigureAwait(false)).Id);
                break;
            default:
                break;
        }
    }

    private async Task<MachineInfo> FindAsync(string name, CancellationToken cancellation)
    {
        var machines = await host.GetMachinesAsync(static (_, _) => { }, cancellation).ConfigureAwait(false);
        return machines.FirstOrDefault(machine => string.Equals(machine.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new VirtException(VirtErrorCode.MachineNotFound, $"There is no machine named '{name}'.");
    }

    private async Task StartAsync(MachineInfo machine, CancellationToken cancellation)
    {
        if (LocalHost.StateOf(machine) != RunState.Paused)
        {
            await host.StartAsync(machine.Id, cancellation).ConfigureAwait(false);
            return;
        }

        var connection = await host.ConnectAsync(machine.Id, cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await connection.ResumeAsync(cancellation).ConfigureAwait(false);
        }
    }

    private async Task StopAsync(MachineInfo machine, CancellationToken cancellation)
    {
        var connection = await host.ConnectAsync(machine.Id, cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await connection.StopAsync(StopMode.ShutDown, machine.Spec.Stop.Timeout, thenTurnOff: true, cancellation).ConfigureAwait(false);
        }
    }
}
