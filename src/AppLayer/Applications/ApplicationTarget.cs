using VirtSpecs;

namespace AppLayer.Applications;

/// <summary>The virtual applications of a host, as plans change them.</summary>
/// <param name="host">The host.</param>
public sealed class ApplicationTarget(LocalApplicationHost host) : ISpecTarget
{
    // How long programs may take to end before they are killed.
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public bool Keeps(Spec spec) => spec is Application;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SpecState>> GetStatesAsync(CancellationToken cancellation)
    {
        var found = await host.ListAsync(static (_, _) => { }, cancellation).ConfigureAwait(false);
        return [.. found.Select(application => new SpecState(application.Spec, LocalApplicationHost.StateOf(application)))];
    }

    /// <inheritdoc/>
    public async Task ApplyAsync(SpecChange change, IProgress<SpecProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (change.Action == ChangeAction.Create)
        {
            host.Create((Application)change.ApplyTo(null)!);
            return;
        }

        var application = await host.FindAsync(new ApplicationReference(change.Name), cancellation).ConfigureAwait(false);
        switch (change.Action)
        {
            case ChangeAction.Update:
                await host.UpdateAsync(application.Id, spec => (Application)change.ApplyTo(spec)!, cancellation).ConfigureAwait(false);
                break;
            case ChangeAction.Start:
                await host.StartAsync(application.Id, new(), null, cancellation).ConfigureAwait(false);
                break;
            case ChangeAction.Stop:
                if (LocalApplicationHost.IsRunning(application))
                {
                    await host.StopAsync(application.Id, StopPatience, thenKill: true, cancellation).ConfigureAwait(false);
                }

                break;
            case ChangeAction.Remove:
                host.Remove(application.Id);
                break;
            default:
                break;
        }
    }
}
