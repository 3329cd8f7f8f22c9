namespace VirtBenchmarks;

/// <summary>What other tasks of the repository have made.</summary>
internal static class Repository
{
    /// <summary>Finds a file in the repository that this program was built in.</summary>
    /// <param name="parts">The path's parts, from the repository's root.</param>
    /// <exception cref="FigureUnavailableException">It is not there.</exception>
    internal static string Find(params string[] parts)
    {
        var place = Path.Combine(parts);
        for (var above = new DirectoryInfo(AppContext.BaseDirectory); above is not null; above = above.Parent)
        {
            var path = Path.Combine(above.FullName, place);
            if (File.Exists(path)) return path;
        }

        throw new FigureUnavailableException($"there is no {place}; './build.sh build' and './build.sh package' make it");
    }
}
