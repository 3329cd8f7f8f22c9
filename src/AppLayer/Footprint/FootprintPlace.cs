namespace AppLayer.Footprint;

/// <summary>A place whose files are looked at before and after.</summary>
public sealed record FootprintPlace
{
    /// <summary>A place.</summary>
    /// <param name="path">Full path of a directory or file. It may not be there yet.</param>
    /// <exception cref="ArgumentException">The path is relative.</exception>
    public FootprintPlace(string path) => Path = FullPath(path, nameof(path));

    /// <summary>Full path of a directory or file, without a separator at its end.</summary>
    public string Path { get; }

    /// <summary>Full paths in it that are left out, with all that is below them: writable layers, chiefly.</summary>
    public IReadOnlyList<string> Excluded
    {
        get;
        init => field = [.. value.Select(path => FullPath(path, nameof(value))).Order(StringComparer.Ordinal)];
    } = [];

    /// <summary>
    /// Whether it is a Wine prefix, whose registry is compared by keys and values. The files that Wine keeps the registry in are then no
    /// content, as wineserver writes them anew at its end.
    /// </summary>
    public bool IsWinePrefix { get; init; }

    /// <inheritdoc/>
    public bool Equals(FootprintPlace? other) =>
        other is not null && Path == other.Path && IsWinePrefix == other.IsWinePrefix && Excluded.SequenceEqual(other.Excluded);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Path, IsWinePrefix, Excluded.Count);

    private static string FullPath(string path, string parameter) => System.IO.Path.IsPathFullyQualified(path)
        ? System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path))
        : throw new ArgumentException($"'{path}' is no full path.", parameter);
}
