using AppLayer.Files;

namespace AppLayer.Capture.Trees;

/// <summary>
/// Two layers' files as one layer, which shows the same over anything: an update onto the layer that it was made over. Deletions that either
/// made are kept, since they hide what a layer below may have one day. Names are spelled as the lower tree spells directories that both have.
/// </summary>
internal static class TreeFlattening
{
    /// <summary>The entries of the one, parents before what is in them.</summary>
    internal static IReadOnlyList<FlattenedFile> Flatten(FileTree upper, FileTree lower)
    {
        var layout = LayerLayout.For(upper.Platform);
        var comparison = FileTree.ComparerOf(upper.Platform);
        var result = new List<FlattenedFile>();
        Merge(PlaceTree.Of(upper, layout, comparison), PlaceTree.Of(lower, layout, comparison), "");
        return result;

        void Merge(PlaceTree above, PlaceTree? below, string place)
        {
            // A directory that hides what is below it, or stands where another layer's file or deletion stood, is all that is seen.
            var merges = above.Entry is null or { Kind: FileKind.Directory, Opaque: false } && below?.Entry is null or { Kind: FileKind.Directory };
            if (above.Entry is { } entry)
            {
                var isOpaque = entry.Kind == FileKind.Directory
                    && (entry.Opaque || (below?.Entry is not null && (!merges || below.Entry.Opaque)));
                result.Add(new(entry with { Path = layout.PathOf(place)!, Opaque = isOpaque }, IsUpper: true, entry.Path));
            }
            else if (below?.Entry is { } kept)
            {
                result.Add(new(kept with { Path = layout.PathOf(place)! }, IsUpper: false, kept.Path));
            }

            if (!merges || below is null)
            {
                foreach (var child in above.Children)
                {
                    Merge(child, null, Join(place, child.Name));
                }

                return;
            }

            foreach (var child in above.Children)
            {
                var other = below.Find(child.Name);
                Merge(child, other, Join(place, other?.Entry?.Kind == FileKind.Directory && child.Entry?.Kind == FileKind.Directory ? other.Name : child.Name));
            }

            foreach (var child in below.Children)
            {
                if (above.Find(child.Name) is null)
                {
                    Keep(child, Join(place, child.Name));
                }
            }
        }

        void Keep(PlaceTree kept, string place)
        {
            if (kept.Entry is { } entry)
            {
                result.Add(new(entry with { Path = layout.PathOf(place)! }, IsUpper: false, entry.Path));
            }

            foreach (var child in kept.Children)
            {
                Keep(child, Join(place, child.Name));
            }
        }
    }

    /// <summary>Makes the one tree on the disk.</summary>
    /// <param name="upper">Full path of the upper tree.</param>
    /// <param name="lower">Full path of the lower tree.</param>
    /// <param name="writer">Writes the one.</param>
    /// <param name="platform">Whose files they are.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="VirtFoundation.VirtException">A tree cannot be read.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    internal static void Write(string upper, string lower, TreeWriter writer, VirtSpecs.LayerPlatform platform, CancellationToken cancellation)
    {
        var layout = LayerLayout.For(platform);
        var flattened = Flatten(
            FileScanner.Scan(upper, platform, cancellation: cancellation).Files, FileScanner.Scan(lower, platform, cancellation: cancellation).Files);
        var names = new Dictionary<(bool, int), string>();
        foreach (var (entry, isUpper, path) in flattened)
        {
            cancellation.ThrowIfCancellationRequested();
            var place = layout.PlaceOf(entry.Path);
            switch (entry.Kind)
            {
                case FileKind.Directory:
                    writer.AddDirectory(place, entry);
                    break;
                case FileKind.SymbolicLink:
                    writer.AddLink(place, entry);
                    break;
                case FileKind.Whiteout:
                    writer.AddWhiteout(place);
                    break;
                case FileKind.File when entry.HardLink > 0 && names.TryGetValue((isUpper, entry.HardLink), out var first):
                    writer.AddName(place, first);
                    break;
                default:
                    using (var content = File.OpenHandle(Path.Combine(isUpper ? upper : lower, layout.PlaceOf(path))))
                    {
                        writer.AddFile(place, entry, content, cancellation);
                    }

                    names.TryAdd((isUpper, entry.HardLink), place);
                    break;
            }
        }

        writer.Finish();
    }

    private static string Join(string place, string name) => place.Length == 0 ? name : $"{place}/{name}";
}
