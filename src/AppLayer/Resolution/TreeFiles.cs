using AppLayer.Files;
using VirtSpecs;

namespace AppLayer.Resolution;

/// <summary>The files of a layer, by place, from its list of entries.</summary>
internal sealed class TreeFiles : IFileSource
{
    private readonly Dictionary<string, SortedDictionary<string, FileEntry>> _directories = new(StringComparer.Ordinal);
    private readonly StringComparison _comparison;

    internal TreeFiles(FileTree files)
        : this(files.Platform, files.Entries.Select(entry => new SourceFile(LayerLayout.For(files.Platform).PlaceOf(entry.Path), entry)))
    {
    }

    internal TreeFiles(LayerPlatform platform, IEnumerable<SourceFile> files)
    {
        _comparison = Place.ComparisonOf(platform);
        foreach (var (place, entry) in files)
        {
            if (place.Length > 0)
            {
                DirectoryOf(Place.Parent(place))[Place.Name(place)] = entry;
            }
        }
    }

    public SourceFile? Find(string directory, string name)
    {
        if (!_directories.TryGetValue(directory, out var entries))
        {
            return null;
        }

        if (!entries.TryGetValue(name, out var entry))
        {
            if (_comparison == StringComparison.Ordinal || entries.Keys.FirstOrDefault(key => key.Equals(name, _comparison)) is not { } spelled)
            {
                return null;
            }

            (name, entry) = (spelled, entries[spelled]);
        }

        return new(Place.Join(directory, name), entry);
    }

    public IEnumerable<string> NamesIn(string directory) => _directories.TryGetValue(directory, out var entries) ? entries.Keys : [];

    // A list may name a file without the directories above it; they are there all the same.
    private SortedDictionary<string, FileEntry> DirectoryOf(string place)
    {
        if (_directories.TryGetValue(place, out var entries))
        {
            return entries;
        }

        _directories.Add(place, entries = new(StringComparer.Ordinal));
        if (place.Length > 0)
        {
            DirectoryOf(Place.Parent(place)).TryAdd(Place.Name(place), new() { Path = place, Kind = FileKind.Directory });
        }

        return entries;
    }
}
