using AppLayer.Capture.Trees;
using AppLayer.Files;
using AppLayer.Paths;
using VirtFoundation;
using VirtSpecs;

namespace AppLayer.Capture.Sources;

/// <summary>Copies a directory's content to a place of a tree.</summary>
internal static class DirectorySource
{
    /// <summary>Copies it.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="target">The token path that its content is put at; null for the platform's whole.</param>
    /// <param name="platform">Whose files they are.</param>
    /// <param name="writer">Writes the tree.</param>
    /// <param name="problems">Told what could not be taken.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="VirtException">The directory cannot be read, or the target is under no root of the platform.</exception>
    internal static void Write(
        string directory, string? target, LayerPlatform platform, TreeWriter writer, ICollection<string> problems, CancellationToken cancellation)
    {
        var prefix = Place(target ?? (platform == LayerPlatform.Windows ? $"{{{KnownRoots.SystemDrive}}}" : $"{{{KnownRoots.LinuxRoot}}}"), platform);
        if (!Directory.Exists(directory))
        {
            throw new VirtException(VirtErrorCode.FileNotFound, $"There is no directory '{directory}'.");
        }

        // As Linux has its files, in which every path is content; where they go says what they are.
        var scan = FileScanner.Scan(directory, LayerPlatform.Linux, cancellation: cancellation);
        foreach (var problem in scan.Problems)
        {
            problems.Add($"{problem.Path}: {problem.Message}");
        }

        AddParents(prefix, platform, writer);
        var names = new Dictionary<int, string>();
        foreach (var entry in scan.Files.Entries.OrderBy(entry => LayerLayout.Linux.PlaceOf(entry.Path), StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            var from = LayerLayout.Linux.PlaceOf(entry.Path);
            var place = from.Length == 0 ? prefix : prefix.Length == 0 ? from : $"{prefix}/{from}";
            var made = entry with { Path = LayerLayout.For(platform).PathOf(place) ?? place };
            switch (entry.Kind)
            {
                case FileKind.Directory when place.Length == 0:
                    break; // The root directory is the system's, whatever the source's is.
                case FileKind.Directory:
                    writer.AddDirectory(place, made);
                    break;
                case FileKind.SymbolicLink:
                    writer.AddLink(place, made);
                    break;
                case FileKind.Whiteout:
                    writer.AddWhiteout(place);
                    break;
                case FileKind.File when entry.HardLink > 0 && names.TryGetValue(entry.HardLink, out var first):
                    writer.AddName(place, first);
                    break;
                case FileKind.File:
                    using (var content = File.OpenHandle(Path.Combine(directory, from)))
                    {
                        writer.AddFile(place, made, content, cancellation);
                    }

                    names.TryAdd(entry.HardLink, place);
                    break;
            }
        }

        writer.Finish();
    }

    private static string Place(string target, LayerPlatform platform)
    {
        try
        {
            return LayerLayout.For(platform).PlaceOf(target.Replace('\\', '/')).TrimEnd('/');
        }
        catch (PathTokenException e)
        {
            throw new VirtException(VirtErrorCode.SpecInvalid, $"from.target: {e.Message}", e);
        }
    }

    private static void AddParents(string place, LayerPlatform platform, TreeWriter writer)
    {
        for (var slash = place.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = place.IndexOf('/', slash + 1))
        {
            if (!writer.HasDirectory(place[..slash]))
            {
                writer.AddDirectory(place[..slash], TreeWriter.Implied(LayerLayout.For(platform).PathOf(place[..slash]) ?? ""));
            }
        }
    }
}
