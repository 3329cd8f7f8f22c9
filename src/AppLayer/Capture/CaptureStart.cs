using VirtSpecs;

namespace AppLayer.Capture;

/// <summary>What a capture shall watch.</summary>
public sealed record CaptureStart
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The system whose programs will be installed.</summary>
    public required LayerPlatform Platform { get; init; }

    /// <summary>
    /// Full path of the directory that what is captured lies under. For Windows programs on Linux the Wine prefix, which must be given; else
    /// the root directory or the system drive, if it isn't given.
    /// </summary>
    public string? Root { get; init; }

    /// <summary>
    /// Full paths of the places to watch, below the root. Without any: the drive of a Wine prefix; /usr, /etc, /opt and /var of Linux; the
    /// known roots of Windows.
    /// </summary>
    public IReadOnlyList<string> Places { get; init; } = [];

    /// <summary>Full paths in the places that are left out. The root of VirtTools always is.</summary>
    public IReadOnlyList<string> Excluded { get; init; } = [];

    /// <summary>
    /// Whether every file is read. Otherwise stat data decide whether a file was changed, and one of which nothing but the time of its last
    /// change of any kind is other is taken as changed.
    /// </summary>
    public bool Digests { get; init; }
}
