using AppLayer.Store;

namespace AppLayer.Capture;

/// <summary>A layer that was made, and what became of what isn't in it.</summary>
public sealed record CaptureResult
{
    /// <summary>The layer.</summary>
    public required LayerInfo Layer { get; init; }

    /// <summary>What was taken out, by rule.</summary>
    public IReadOnlyList<NoiseRemoval> Removed { get; init; } = [];

    /// <summary>What layers have no place for and what could not be kept as it was, each with its place.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>What the installer ended with; null where none was run.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Whether the installer wants a restart (Windows Installer's 3010 and 1641).</summary>
    public bool RestartWanted { get; init; }

    /// <summary>What was found of the packages; null where there are none.</summary>
    public PackageReport? Packages { get; init; }
}
