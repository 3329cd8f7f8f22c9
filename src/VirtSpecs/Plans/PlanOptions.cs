namespace VirtSpecs;

/// <summary>What a plan shall do beyond making things as their specs say.</summary>
public sealed record PlanOptions
{
    /// <summary>Start what can run and doesn't, machines and applications, and go on with what is paused.</summary>
    public bool Start { get; init; }

    /// <summary>
    /// Stop and remove what no spec names, among the kinds that the specs are of; applications speak of layers too. A layer or
    /// switch that a spec refers to, or an application or machine that stays, is named by it.
    /// </summary>
    public bool RemoveOthers { get; init; }
}
