namespace AppLayer.Files;

/// <summary>What a file's extended attributes say, and the text of a link.</summary>
internal sealed record TreeAttributes
{
    internal static readonly TreeAttributes None = new();

    internal bool IsOpaque { get; init; }

    /// <summary>Whether files in the directory can be whiteouts by attribute (overlayfs since Linux 6.7).</summary>
    internal bool HoldsWhiteouts { get; init; }

    internal bool IsWhiteout { get; init; }

    internal bool IsElsewhere { get; init; }

    internal FileAttributes? Recorded { get; init; }

    internal IReadOnlyList<ExtendedAttribute> Kept { get; init; } = [];

    internal string? Target { get; init; }
}
