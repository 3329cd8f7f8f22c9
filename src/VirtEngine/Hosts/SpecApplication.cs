using VirtEngine.Control;
using VirtFoundation;
using VirtSpecs;
using Machine = VirtSpecs.Machine;

namespace VirtEngine.Hosts;

/// <summary>Compares specs with a host's machines, and carries out what the plan says.</summary>
/// <param name="host">The host.</param>
public sealed class SpecApplication(IMachineHost host)
{
    /// <summary>Computes what must change. Changes nothing.</summary>
    /// <param name="specs">What is wanted.</param>
    /// <param name="options">What to do beyond.</param>
    /// <param name="cancellation">Ends the asking of workers.</param>
    /// <returns>The changes, in order.</returns>
    /// <exception cref="VirtException">A spec is wrong.</exception>
    public async Task<IReadOnlyList<SpecChange>> PlanAsync(
        IReadOnlyList<Spec> specs, PlanOptions options, CancellationToken cancellation)
    {
        var machines = await host.GetMachinesAsync(static (_, _) => { }, cancellation).ConfigureAwait(false);
        try
        {
            return Plan.Compute(specs, machines.Select(machine => new SpecState(machine.Spec, LocalHost.StateOf(machine))), options);
        }
        catch (SpecException e)
        {
            throw new VirtException(VirtErrorCode.SpecInvalid, e.Message, e);
        }
    }

    /// <summary>Carries out one change.</summary>
    /// <param name="change">The change, in its turn.</param>
    /// <param name="cancellation">Ends the wait for a machine.</param>
    /// <exception cref="VirtException">It failed.</exception>
    public async Task ApplyAsync(SpecChange change, CancellationToken cancellation)
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
