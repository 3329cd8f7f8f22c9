namespace VirtSpecs;

/// <summary>A network adapter of a machine: plugged into a switch, or into a TAP interface of the host.</summary>
public sealed record MachineNetwork : ISpecRules
{
    /// <summary>The name of the switch that the adapter is plugged into.</summary>
    [SpecMember("Switch that the adapter is plugged into, by name. Excludes tap.", Form = TextForm.Name)]
    public string? Switch { get; init; }

    /// <summary>The name of the TAP interface of the host that the adapter is plugged into (Linux).</summary>
    [SpecMember("TAP interface of the host that the adapter is plugged into. Excludes switch.", Form = TextForm.InterfaceName)]
    public string? Tap { get; init; }

    /// <summary>The adapter's hardware address; <see langword="null"/> for one that is made from the machine's identity.</summary>
    [SpecMember("Hardware address of the adapter. Without it one that is made from the machine's identity.", Form = TextForm.HardwareAddress)]
    public string? Mac { get; init; }

    /// <summary>The guest's address with the length of the network's prefix; <see langword="null"/> where the guest sees to it.</summary>
    [SpecMember("Address of the guest with the length of the prefix, which guests of VirtTools' images take. Without it the guest sees to it.",
        Form = TextForm.InterfaceAddress)]
    public string? Address { get; init; }

    IEnumerable<SpecViolation> ISpecRules.FindViolations()
    {
        if (Switch is null && Tap is null)
        {
            yield return new(null, "needs a switch or a tap");
        }

        if (Switch is not null && Tap is not null)
        {
            yield return new(nameof(Tap), "can't be given together with a switch");
        }
    }
}
