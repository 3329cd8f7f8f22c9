using System.Diagnostics.CodeAnalysis;
using VirtSpecs;

namespace AppLayer.Files;

/// <summary>The files of a layer or of a base: entries in the ordinal order of their paths.</summary>
public sealed class FileTree
{
    private readonly FileEntry[] _entries;
    private readonly Dictionary<string, FileEntry> _byPath;

    /// <summary>Makes a tree.</summary>
    /// <param name="platform">Whose names they are: Windows' are found in any case.</param>
    /// <param name="entries">The entries, in any order.</param>
    /// <exception cref="ArgumentException">Two have the same path, letter by letter.</exception>
    public FileTree(LayerPlatform platform, IEnumerable<FileEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        Platform = platform;
        _entries = [.. entries];
        Array.Sort(_entries, static (left, right) => string.CompareOrdinal(left.Path, right.Path));
        _byPath = new(_entries.Length, ComparerOf(platform));
        for (var i = 0; i < _entries.Length; i++)
        {
            if (i > 0 && _entries[i].Path == _entries[i - 1].Path)
            {
                throw new ArgumentException($"'{_entries[i].Path}' is there twice.", nameof(entries));
            }

            // Of names that differ only in case, which Linux' file systems can hold, the first is found.
            _byPath.TryAdd(_entries[i].Path, _entries[i]);
        }
    }

    /// <summary>Whose names they are.</summary>
    public LayerPlatform Platform { get; }

    /// <summary>All entries, in the ordinal order of their paths.</summary>
    public IReadOnlyList<FileEntry> Entries => _entries;

    /// <summary>Bytes of all files' content; that of hard links counts once.</summary>
    public long Bytes
    {
        get
        {
            var seen = new HashSet<int>();
            return _entries.Sum(entry => entry.HardLink == 0 || seen.Add(entry.HardLink) ? entry.Length : 0);
        }
    }

    /// <summary>How a platform's paths are compared.</summary>
    public static StringComparer ComparerOf(LayerPlatform platform) =>
        platform == LayerPlatform.Windows ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>Finds an entry by its token path; on Windows in any case.</summary>
    public bool TryGet(string path, [NotNullWhen(true)] out FileEntry? entry) => _byPath.TryGetValue(path, out entry);
}
