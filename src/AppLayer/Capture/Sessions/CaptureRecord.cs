using VirtSpecs;

namespace AppLayer.Capture.Sessions;

/// <summary>What <c>capture.json</c> holds.</summary>
internal sealed record CaptureRecord
{
    public int FormatVersion { get; init; } = 1;

    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required LayerPlatform Platform { get; init; }

    public required string Root { get; init; }

    public required IReadOnlyList<string> Places { get; init; }

    /// <summary>The name of the user's folder in a Wine prefix; null elsewhere.</summary>
    public string? User { get; init; }

    public required DateTime Started { get; init; }

    /// <summary>The layer that the last stop was about to make. When it is there, the capture is over.</summary>
    public Guid? Layer { get; init; }
}
