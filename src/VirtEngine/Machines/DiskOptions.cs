using VirtSpecs;

namespace VirtEngine.Machines;

/// <summary>A disk of a machine.</summary>
public sealed record DiskOptions
{
    /// <summary>Its name in the machine; with the machine's identity it is the disk's.</summary>
    public required string Name { get; init; }

    /// <summary>Path of the raw file.</summary>
    public required string Path { get; init; }

    /// <summary>How the guest reaches it.</summary>
    public DiskBus Bus { get; init; } = DiskBus.Nvme;

    /// <summary>Whether the guest can only read.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Bytes to read and write in a second, or null for no limit.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>Requests in a second, or null for no limit.</summary>
    public long? OperationsPerSecond { get; init; }
}
