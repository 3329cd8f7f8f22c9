namespace VirtSpecs;

/// <summary>A network adapter of a machine.</summary>
public sealed record MachineNetwork
{
    /// <summary>The name of the switch that the adapter is plugged into.</summary>
    [SpecMember("Switch that the adapter is plugged into, by name.", Form = TextForm.Name)]
    public required string Switch { get; init; }

    /// <summary>The guest's address with the length of the network's prefix; without one the switch gives it.</summary>
    [SpecMember("Address of the guest with the length of the prefix. Without it the switch gives one.", Form = TextForm.InterfaceAddress)]
    public string? Address { get; init; }
}
