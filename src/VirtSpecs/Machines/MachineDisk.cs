namespace VirtSpecs;

/// <summary>A disk of a machine.</summary>
public sealed record MachineDisk
{
    /// <summary>The disk's name within the machine.</summary>
    [SpecMember("Name of the disk within the machine.", Form = TextForm.Name)]
    public required string Name { get; init; }

    /// <summary>The path of the disk's file.</summary>
    [SpecMember("File of the disk.", Form = TextForm.Path)]
    public required string Path { get; init; }

    /// <summary>The path of the disk that this one differs from, if any.</summary>
    [SpecMember("Disk that this one holds the differences to.", Form = TextForm.Path)]
    public string? Parent { get; init; }
}
