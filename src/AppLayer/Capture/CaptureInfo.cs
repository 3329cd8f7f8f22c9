using VirtSpecs;

namespace AppLayer.Capture;

/// <summary>A capture that was started and not stopped yet, as it travels through pipelines.</summary>
public sealed record CaptureInfo
{
    /// <summary>Its identity; it names its directory.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its name; case does not distinguish names.</summary>
    public required string Name { get; init; }

    /// <summary>The computer.</summary>
    public required string HostName { get; init; }

    /// <summary>The system whose programs are installed.</summary>
    public required LayerPlatform Platform { get; init; }

    /// <summary>Full path of the directory that what is captured lies under: the root directory, a Wine prefix, a drive.</summary>
    public required string Root { get; init; }

    /// <summary>Full paths of the places that are watched.</summary>
    public required IReadOnlyList<string> Places { get; init; }

    /// <summary>When it was started, UTC.</summary>
    public required DateTime Started { get; init; }

    /// <summary>Full path of its directory.</summary>
    public required string Directory { get; init; }
}
