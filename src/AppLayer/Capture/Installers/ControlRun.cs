using AppLayer.Files;
using AppLayer.Registry;

namespace AppLayer.Capture.Installers;

/// <summary>What a system changes by itself when nothing is installed.</summary>
/// <param name="files">The files, with digests, by their places in a tree.</param>
/// <param name="registry">The registry entries; null if there are none.</param>
internal sealed class ControlRun(IReadOnlyDictionary<string, FileEntry> files, RegistryKey? registry)
{
    /// <summary>The files, with digests, by their places in a tree.</summary>
    internal IReadOnlyDictionary<string, FileEntry> Files => files;

    internal RegistryKey? Registry => registry;

    /// <summary>Whether it made the same at the same place, whatever the times.</summary>
    /// <param name="place">Where, relative to a tree.</param>
    /// <param name="entry">What the capture has there.</param>
    /// <param name="path">Full path of the capture's file.</param>
    internal bool Has(string place, FileEntry entry, string path)
    {
        if (!files.TryGetValue(place, out var known) || known.Kind != entry.Kind || known.Mode != entry.Mode || known.Target != entry.Target
            || known.Opaque != entry.Opaque || known.Length != entry.Length)
        {
            return false;
        }

        if (entry.Kind != FileKind.File)
        {
            return true;
        }

        using var hasher = new ContentHasher();
        using var content = File.OpenHandle(path);
        return hasher.Hash(content, CancellationToken.None, out _) == known.Content;
    }
}
