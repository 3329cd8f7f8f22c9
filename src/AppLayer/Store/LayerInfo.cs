using VirtSpecs;

namespace AppLayer.Store;

/// <summary>A layer of the store, as it travels through pipelines and between computers.</summary>
public sealed record LayerInfo
{
    /// <summary>The layer's identity; it names its directory.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its name; case does not distinguish names.</summary>
    public required string Name { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>The system whose programs it holds.</summary>
    public required LayerPlatform Platform { get; init; }

    /// <summary>
    /// The SHA-256 of its logical content (<see cref="LayerDigest"/>), 64 lower-case hexadecimal digits: the same for the same content on any system.
    /// </summary>
    public required string Digest { get; init; }

    /// <summary>When it was committed, UTC.</summary>
    public required DateTime Created { get; init; }

    /// <summary>Number of its files, without directories, links and deletions.</summary>
    public required int Files { get; init; }

    /// <summary>Bytes of its files' content.</summary>
    public required long Bytes { get; init; }

    /// <summary>The computer whose store it is in.</summary>
    public required string HostName { get; init; }

    /// <summary>Full path of its directory.</summary>
    public required string Directory { get; init; }

    /// <summary>What it is, for people; may be empty.</summary>
    public string Description { get; init; } = "";

    /// <summary>The layer as <c>name@version</c>.</summary>
    public override string ToString() => $"{Name}@{Version}";
}
