using AppLayer.Files;
using VirtSpecs;

namespace AppLayer.Store;

/// <summary>What <c>layer.json</c> holds.</summary>
internal sealed record LayerRecord
{
    /// <summary>Version of the layer's files' layout.</summary>
    public int FormatVersion { get; init; } = 1;

    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required string Version { get; init; }

    public required LayerPlatform Platform { get; init; }

    /// <summary>Of the logical content.</summary>
    public required string Digest { get; init; }

    /// <summary>Of the manifest's bytes.</summary>
    public required string ManifestDigest { get; init; }

    /// <summary>Of the hive's bytes; null without registry.</summary>
    public string? HiveDigest { get; init; }

    /// <summary>UTC.</summary>
    public required DateTime Created { get; init; }

    public required int Files { get; init; }

    public required long Bytes { get; init; }

    public string Description { get; init; } = "";

    public string? Spec { get; init; }

    public Guid? Replaces { get; init; }

    /// <summary>How many problems there were at the commit; <see cref="Problems"/> has the first ones.</summary>
    public int ProblemCount { get; init; }

    public IReadOnlyList<FileProblem> Problems { get; init; } = [];
}
