namespace VirtSpecs;

/// <summary>A virtual switch: the network that machines are plugged into.</summary>
[SpecKind("A virtual switch that machines are plugged into.")]
public sealed record Switch : Spec
{
    /// <summary>What the switch is plugged into itself; <see langword="null"/> for nothing.</summary>
    [SpecMember("What the switch is plugged into itself. Without it the machines reach each other alone.", NeedsRestart = true)]
    public SwitchUplink? Uplink { get; init; }
}
