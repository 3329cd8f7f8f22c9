using System.Text.Json.Serialization;

namespace VirtEngine.Images;

/// <summary>A guest in the store: a kernel and an initial RAM disk that belong together.</summary>
public sealed record ImageRecord
{
    /// <summary>The layout of <c>image.json</c> that this version writes.</summary>
    public const int CurrentFormatVersion = 1;

    /// <summary>The layout of <c>image.json</c>.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>SHA-256 over what makes the image: kernel, initial RAM disk, default command line. Lower-case hexadecimal; names its directory.</summary>
    public required string Digest { get; init; }

    /// <summary>The name that specs use, such as <c>debian-12-cloud</c>. Several images may bear it; the newest is meant.</summary>
    public required string Name { get; init; }

    /// <summary>What the kernel calls itself, empty if it doesn't.</summary>
    public required string KernelVersion { get; init; }

    /// <summary>The kernel's release, as <c>uname -r</c> gives it: the first word of <see cref="KernelVersion"/>.</summary>
    [JsonIgnore]
    public string KernelRelease => KernelVersion.Split(' ')[0];

    /// <summary>SHA-256 of the kernel.</summary>
    public required string KernelSha256 { get; init; }

    /// <summary>SHA-256 of the initial RAM disk, or null if there is none.</summary>
    public required string? InitrdSha256 { get; init; }

    /// <summary>The command line of a machine that gives none.</summary>
    public required string CommandLine { get; init; }

    /// <summary>What the image was made from.</summary>
    public required IReadOnlyList<ImageSource> Sources { get; init; }

    /// <summary>Bytes of kernel and initial RAM disk.</summary>
    public required long Size { get; init; }

    /// <summary>When it was put into the store, UTC.</summary>
    public required DateTime Created { get; init; }

    /// <summary>Path of the kernel.</summary>
    [JsonIgnore]
    public string KernelPath { get; init; } = "";

    /// <summary>Path of the initial RAM disk, or null if there is none.</summary>
    [JsonIgnore]
    public string? InitrdPath { get; init; }
}
