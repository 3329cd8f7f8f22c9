namespace VirtSpecs;

/// <summary>What a plan shall do beyond making things as their specs say.</summary>
public sealed record PlanOptions
{
    /// <summary>Start what doesn't run, and go on with what is paused.</summary>
    public bool Start { get; init; }

    /// <summary>Stop and remove what no spec names.</summary>
    public bool RemoveOthers { get; init; }
}
