using AppLayer.Registry.Views;

namespace AppLayer.Registry.Text;

/// <summary>
/// A .reg file as regedit reads and writes it: edits, one after the other. They can be carried out on a tree, or become a layer whose
/// marks do the same to what is below it. Trees have the full names of roots at their first level (<see cref="RegRoots.Place"/>).
/// Times, classes and security are not in such files.
/// </summary>
public sealed class RegFile
{
    /// <summary>The edits, in order.</summary>
    public IList<RegKeyEdit> Edits { get; } = [];

    /// <summary>Reads a file from disk.</summary>
    /// <param name="path">The file.</param>
    /// <param name="codePage">The code page of a version 4 file.</param>
    /// <param name="limits">How much it may hold.</param>
    /// <exception cref="RegFileException">It is not a .reg file, or beyond the limits.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static RegFile Load(string path, int codePage = 1252, RegistryTextLimits? limits = null)
    {
        limits ??= RegistryTextLimits.Default;
        return new FileInfo(path).Length > limits.File
            ? throw RegFileText.TooLong(limits)
            : Parse(File.ReadAllBytes(path), codePage, limits);
    }

    /// <summary>Reads a file's content: version 5 in UTF-16LE or UTF-8, version 4 in its code page.</summary>
    /// <param name="content">The content.</param>
    /// <param name="codePage">The code page of a version 4 file.</param>
    /// <param name="limits">How much it may hold.</param>
    /// <exception cref="RegFileException">It is not a .reg file, or beyond the limits.</exception>
    /// <exception cref="ArgumentException">There is no such code page.</exception>
    public static RegFile Parse(ReadOnlySpan<byte> content, int codePage = 1252, RegistryTextLimits? limits = null)
    {
        limits ??= RegistryTextLimits.Default;
        var ansi = RegFileText.CodePage(codePage);
        var text = RegFileText.Decode(content, ansi, limits, out bool unicode);
        return new RegFileReader(text, unicode ? null : ansi, limits).Read();
    }

    /// <summary>
    /// What regedit exports of a key. The marks of a layer become deletions: a tombstone <c>[-…]</c>, a superseded key the same and
    /// then the key.
    /// </summary>
    /// <param name="key">The key that stands at the path.</param>
    /// <param name="root">The root.</param>
    /// <param name="path">The path below it; may be empty.</param>
    public static RegFile FromTree(RegistryKey key, RegRoot root, string path)
    {
        ArgumentNullException.ThrowIfNull(key);
        var file = new RegFile();
        file.Add(key, root, path);
        return file;
    }

    /// <summary>The content of a file.</summary>
    /// <param name="version">The version.</param>
    /// <param name="codePage">The code page, for version 4.</param>
    /// <exception cref="ArgumentException">The code page lacks a character of version 4, or there is none of that number.</exception>
    public byte[] ToBytes(RegFileVersion version = RegFileVersion.Version5, int codePage = 1252)
    {
        var ansi = version == RegFileVersion.Version4 ? RegFileText.CodePage(codePage) : null;
        return RegFileText.Encode(new RegFileWriter(ansi).Write(this), ansi);
    }

    /// <summary>Carries the edits out.</summary>
    /// <param name="tree">The tree, whose first level are the roots.</param>
    public void ApplyTo(RegistryKey tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        foreach (var edit in Edits)
        {
            string path = $"{edit.Root.Place()}\\{edit.Path}";
            if (edit.IsDeletion)
            {
                int parent = path.LastIndexOf('\\');
                tree.Find(path[..parent])?.Remove(path[(parent + 1)..]);
                continue;
            }

            var key = tree.Create(path);
            foreach (var value in edit.Values)
            {
                if (value.IsTombstone) key.RemoveValue(value.Name);
                else key.Set(value);
            }
        }
    }

    /// <summary>
    /// A layer that does what the edits do: deletions leave tombstones, and a key that is deleted and made again supersedes the one
    /// below. The keys on the way to a tombstone are in the layer too.
    /// </summary>
    /// <param name="userSid">The user whose keys below HKEY_USERS are those of HKEY_CURRENT_USER; null if nobody's are.</param>
    /// <returns>A tree with the layer's roots (<see cref="RegistryRoot"/>) at its first level.</returns>
    /// <exception cref="ArgumentException">An edit is of a key that layers have no place for: of HKEY_USERS itself, or of another user.</exception>
    public RegistryKey ToLayer(string? userSid = null)
    {
        var layer = new RegistryKey("");
        foreach (var edit in Edits)
        {
            string path = edit.Path.Length == 0 ? edit.Root.Place() : $"{edit.Root.Place()}\\{edit.Path}";
            if (!RegistryPath.TryParse(path, userSid, out var place)) throw new ArgumentException($"A layer has no place for the key '{path}'.");
            new RegLayerEdit(layer).Carry(edit, place.TreePath);
        }

        return layer;
    }

    private void Add(RegistryKey key, RegRoot root, string path)
    {
        if (key.Mark == LayerMark.SupersedeLocal)
        {
            throw new ArgumentException($"The key '{path}' supersedes without its subkeys, which a .reg file cannot say.", nameof(key));
        }

        if (key.Mark != LayerMark.Merge && path.Length > 0) Edits.Add(new(root, path) { IsDeletion = true });
        if (key.Mark == LayerMark.Tombstone) return;

        // regedit has the default value first; Windows keeps the others as they were made.
        Edits.Add(new(root, path) { Values = [.. key.Values.OrderBy(value => value.Name.Length > 0)] });
        foreach (var subkey in key.Subkeys) Add(subkey, root, path.Length == 0 ? subkey.Name : $"{path}\\{subkey.Name}");
    }
}
