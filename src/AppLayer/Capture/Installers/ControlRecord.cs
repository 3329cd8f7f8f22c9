using AppLayer.Files;

namespace AppLayer.Capture.Installers;

/// <summary>What <c>control.json</c> holds: the files of a control run.</summary>
internal sealed record ControlRecord
{
    public int FormatVersion { get; init; } = 1;

    public required IReadOnlyList<ControlFile> Files { get; init; }
}

/// <summary>A file that the system changed by itself.</summary>
internal sealed record ControlFile(string Place, FileKind Kind, int Mode, string? Target, bool Opaque, long Length, string? Digest);
