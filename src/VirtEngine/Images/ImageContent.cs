namespace VirtEngine.Images;

/// <summary>What is to be put into the store.</summary>
public sealed record ImageContent
{
    /// <summary>The name that specs use: letters, digits, dots, dashes and underscores, at most 64.</summary>
    public required string Name { get; init; }

    /// <summary>Path of the kernel.</summary>
    public required string Kernel { get; init; }

    /// <summary>Path of the initial RAM disk, or null for none.</summary>
    public string? Initrd { get; init; }

    /// <summary>The command line of a machine that gives none.</summary>
    public string CommandLine { get; init; } = "console=ttyS0";

    /// <summary>What it was made from; left empty, the two files are named.</summary>
    public IReadOnlyList<ImageSource> Sources { get; init; } = [];
}
