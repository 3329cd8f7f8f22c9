namespace VirtSpecs;

/// <summary>Compares specs of all kinds with what is, and carries out what the plan says, each change by the target that keeps its kind.</summary>
/// <param name="targets">The targets; each kind is kept by one.</param>
public sealed class SpecDeployment(IReadOnlyList<ISpecTarget> targets)
{
    /// <summary>Computes what must change. Changes nothing.</summary>
    /// <param name="specs">What is wanted.</param>
    /// <param name="options">What to do beyond.</param>
    /// <param name="cancellation">Ends the asking of those that don't answer.</param>
    /// <returns>The changes, in order.</returns>
    /// <exception cref="SpecException">A spec is wrong.</exception>
    public async Task<IReadOnlyList<SpecChange>> PlanAsync(
        IReadOnlyList<Spec> specs, PlanOptions options, CancellationToken cancellation)
    {
        var states = new List<SpecState>();
        foreach (var target in targets)
        {
            states.AddRange(await target.GetStatesAsync(cancellation).ConfigureAwait(false));
        }

        return Plan.Compute(specs, states, options);
    }

    /// <summary>Carries out one change.</summary>
    /// <param name="change">The change, in its turn.</param>
    /// <param name="progress">Told how long work goes on; null where nobody listens.</param>
    /// <param name="cancellation">Ends the work, or the wait for what goes on by itself.</param>
    public Task ApplyAsync(SpecChange change, IProgress<SpecProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(change);
        return change.Action == ChangeAction.None
            ? Task.CompletedTask
            : targets.Single(target => target.Keeps(change.Spec)).ApplyAsync(change, progress, cancellation);
    }
}
