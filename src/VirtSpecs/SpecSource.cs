namespace VirtSpecs;

/// <summary>Where a spec was read.</summary>
public sealed class SpecSource
{
    internal SpecSource(string? file, Dictionary<string, SpecPosition> positions)
    {
        File = file;
        BaseDirectory = file is null ? null : Path.GetDirectoryName(Path.GetFullPath(file));
        Positions = positions;
    }

    /// <summary>The file, as it was named to the reader; <see langword="null"/> for text without a file.</summary>
    public string? File { get; }

    /// <summary>The full path of the directory that relative paths in the spec start from; <see langword="null"/> without a file.</summary>
    public string? BaseDirectory { get; }

    /// <summary>The line on which the document starts, from 1.</summary>
    public int Line => Find(Positions, "").Line;

    /// <summary>Where the document's members stand, by path.</summary>
    internal Dictionary<string, SpecPosition> Positions { get; }

    /// <summary>Where a member stands, or the nearest that contains it.</summary>
    internal static SpecPosition Find(Dictionary<string, SpecPosition> positions, string path)
    {
        SpecPosition position;
        while (!positions.TryGetValue(path, out position) && path.Length > 0)
        {
            path = path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))];
        }

        return position;
    }
}
