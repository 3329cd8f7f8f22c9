namespace VirtSpecs;

/// <summary>A disk of a machine.</summary>
public sealed record MachineDisk
{
    // Each has a slot of its own on the PCI bus.
    internal const int MaximumVirtio = 12;

    /// <summary>The disk's name within the machine.</summary>
    [SpecMember("Name of the disk within the machine.", Form = TextForm.Name)]
    public required string Name { get; init; }

    /// <summary>The path of the disk's file.</summary>
    [SpecMember("File of the disk: its bytes are the disk's.", Form = TextForm.Path)]
    public required string Path { get; init; }

    /// <summary>The path of the disk that this one differs from, if any.</summary>
    [Unsupported]
    [SpecMember("Disk that this one holds the differences to.", Form = TextForm.Path)]
    public string? Parent { get; init; }

    /// <summary>How the guest reaches the disk.</summary>
    [SpecMember("How the guest reaches the disk.")]
    public DiskBus Bus { get; init; } = DiskBus.Nvme;

    /// <summary>Whether the guest can only read; machines that only read a disk can share it.</summary>
    [SpecMember("Whether the guest can only read. Machines that only read a disk can share it.")]
    public bool ReadOnly { get; init; }

    /// <summary>How much the guest may use the disk.</summary>
    [SpecMember("How much the guest may use the disk.")]
    public DiskLimits Limits { get; init; } = new();
}
