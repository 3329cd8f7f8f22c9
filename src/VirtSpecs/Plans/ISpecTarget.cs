namespace VirtSpecs;

/// <summary>What keeps the things that specs of some kinds describe: a host of machines, a store of layers, a host of applications.</summary>
public interface ISpecTarget
{
    /// <summary>Whether it keeps the things that specs of this kind describe.</summary>
    /// <param name="spec">A spec.</param>
    bool Keeps(Spec spec);

    /// <summary>What is, as last applied.</summary>
    /// <param name="cancellation">Ends the asking of those that don't answer.</param>
    Task<IReadOnlyList<SpecState>> GetStatesAsync(CancellationToken cancellation);

    /// <summary>Carries out one change of a plan.</summary>
    /// <param name="change">The change, in its turn.</param>
    /// <param name="progress">Told how long work goes on; null where nobody listens.</param>
    /// <param name="cancellation">Ends the work, or the wait for what goes on by itself.</param>
    Task ApplyAsync(SpecChange change, IProgress<SpecProgress>? progress, CancellationToken cancellation);
}
