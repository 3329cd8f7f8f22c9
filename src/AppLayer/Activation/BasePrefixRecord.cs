namespace AppLayer.Activation;

/// <summary>What stands beside a base prefix: which Wine made it.</summary>
internal sealed record BasePrefixRecord
{
    /// <summary>Version of the file's layout.</summary>
    public int FormatVersion { get; init; } = 1;

    /// <summary>Full path of the program that ran it.</summary>
    public required string Loader { get; init; }
}
