using VirtSpecs;

namespace VirtEngine.Hosts;

/// <summary>The switches of this computer, as plans change them.</summary>
/// <param name="host">What keeps them.</param>
public sealed class SwitchTarget(LocalSwitchHost host) : ISpecTarget
{
    /// <inheritdoc/>
    public bool Keeps(Spec spec) => spec is Switch;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SpecState>> GetStatesAsync(CancellationToken cancellation)
    {
        var all = await host.ListAsync(static (_, _) => { }, cancellation).ConfigureAwait(false);
        return [.. all.Select(one => new SpecState(one.Spec, one.State switch
        {
            SwitchState.Running => RunState.Running,
            SwitchState.Failed => RunState.Failed,
            _ => RunState.Stopped,
        }))];
    }

    /// <inheritdoc/>
    public async Task ApplyAsync(SpecChange change, IProgress<SpecProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (change.Action == ChangeAction.Create)
        {
            host.Create((Switch)change.ApplyTo(null)!);
            return;
        }

        var found = await host.FindAsync(new(change.Name), cancellation).ConfigureAwait(false);
        switch (change.Action)
        {
            case ChangeAction.Update:
                host.Update(found.Id, spec => (Switch)change.ApplyTo(spec)!);
                break;
            case ChangeAction.Start:
                await host.StartAsync(found.Id, cancellation).ConfigureAwait(false);
                break;
            case ChangeAction.Stop:
                await host.StopAsync(found.Id, cancellation).ConfigureAwait(false);
                break;
            case ChangeAction.Remove:
                host.Remove(found.Id);
                break;
        }
    }
}
