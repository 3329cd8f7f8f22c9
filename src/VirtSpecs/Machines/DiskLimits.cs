namespace VirtSpecs;

/// <summary>How much a guest may use a disk.</summary>
public sealed record DiskLimits
{
    /// <summary>The bytes to read and write in a second, 64 KiB or more; <see langword="null"/> for as many as there can be.</summary>
    [SpecMember("Bytes to read and write in a second. Without it as many as there can be.", Minimum = "64KiB")]
    public ByteSize? BytesPerSecond { get; init; }

    /// <summary>The requests in a second, 1 or more; <see langword="null"/> for as many as there can be.</summary>
    [SpecMember("Requests in a second. Without it as many as there can be.", Minimum = "1")]
    public int? OperationsPerSecond { get; init; }
}
