namespace VirtSpecs;

/// <summary>A virtual machine as an administrator describes it.</summary>
[SpecKind("A virtual machine.")]
public sealed record Machine : Spec
{
    /// <summary>The number of virtual processors, 1 to 8.</summary>
    [SpecMember("Number of virtual processors.", Minimum = "1", Maximum = "8", NeedsRestart = true)]
    public int Processors { get; init; } = 1;

    /// <summary>The size of the guest's memory, 64 MiB to 1 TiB, a multiple of 2 MiB.</summary>
    [SpecMember("Size of the guest's memory.", Minimum = "64MiB", Maximum = "1TiB", MultipleOf = "2MiB", NeedsRestart = true)]
    public ByteSize Memory { get; init; } = ByteSize.FromMiB(512);

    /// <summary>The processor and clock that the guest sees.</summary>
    [SpecMember("Processor and clock the guest sees: portable between hypervisors and hosts, or the host's own for speed.",
        NeedsRestart = true)]
    public MachineProfile Profile { get; init; } = MachineProfile.Portable;

    /// <summary>The hypervisor to run on; <see langword="null"/> for the best that this host has been proven to run.</summary>
    [SpecMember("Hypervisor to run on. Without it the best that a probe has proven on the host.", NeedsRestart = true)]
    public HypervisorKind? Hypervisor { get; init; }

    /// <summary>What the machine boots.</summary>
    [SpecMember("What the machine boots: an image, or a kernel.", NeedsRestart = true)]
    public required MachineBoot Boot { get; init; }

    /// <summary>The disks, in the order in which the guest finds them.</summary>
    [SpecMember("Disks, in the order in which the guest finds them.", NeedsRestart = true)]
    public ValueList<MachineDisk> Disks { get; init; } = [];

    /// <summary>The network adapters, in the order in which the guest finds them.</summary>
    [SpecMember("Network adapters, in the order in which the guest finds them.", MaximumItems = 8, NeedsRestart = true)]
    public ValueList<MachineNetwork> Networks { get; init; } = [];

    /// <summary>Names of the virtual applications that are enabled inside the guest.</summary>
    [Unsupported]
    [SpecMember("Virtual applications that are enabled inside the guest, by name.", Form = TextForm.Name)]
    public ValueList<string> Applications { get; init; } = [];

    /// <summary>Whether the machine starts with its host.</summary>
    [Unsupported]
    [SpecMember("Whether the machine starts with its host.")]
    public bool AutoStart { get; init; }

    /// <summary>How the machine is stopped.</summary>
    [SpecMember("How the machine is stopped.")]
    public MachineStop Stop { get; init; } = new();

    internal override IEnumerable<SwitchUse> SwitchUses => Networks.Index()
        .Where(network => network.Item.Switch is not null)
        .Select(network => new SwitchUse($"networks[{network.Index}].switch", network.Item.Switch!));

    private protected override IEnumerable<SpecViolation> FindViolations()
    {
        foreach (var violation in SpecViolation.Duplicates(nameof(Disks), Disks.Select(disk => disk.Name), "name", "disk"))
        {
            yield return violation;
        }

        if (Disks.Count(disk => disk.Bus == DiskBus.Virtio) > MachineDisk.MaximumVirtio)
        {
            yield return new(nameof(Disks), $"can have at most {MachineDisk.MaximumVirtio} disks on virtio");
        }

        foreach (var (index, network) in Networks.Index())
        {
            if (network.Mac is { } mac && Networks.Take(index).Any(other => SameAddress(other.Mac, mac)))
            {
                yield return new($"{nameof(Networks)}[{index}].mac", "another adapter has the address already");
            }
        }
    }

    private static bool SameAddress(string? one, string other) =>
        string.Equals(one?.Replace('-', ':'), other.Replace('-', ':'), StringComparison.OrdinalIgnoreCase);
}
