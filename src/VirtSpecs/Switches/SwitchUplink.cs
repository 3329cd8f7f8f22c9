namespace VirtSpecs;

/// <summary>What a switch is plugged into.</summary>
public sealed record SwitchUplink
{
    /// <summary>The name of a TAP interface of the host (Linux).</summary>
    [SpecMember("TAP interface of the host that leads out of the switch.", Form = TextForm.InterfaceName)]
    public required string Tap { get; init; }
}
