using AppLayer.Files;

namespace AppLayer.Store;

/// <summary>Where a store keeps what.</summary>
/// <param name="directory">The store's directory.</param>
internal sealed class StorePaths(string directory)
{
    /// <summary>In front of the name of a layer that is being made.</summary>
    internal const string New = ".new-";

    /// <summary>In front of the name of a layer that was removed, until its files are gone.</summary>
    internal const string Removed = ".removed-";

    internal string Directory { get; } = directory;

    /// <summary>Says by which version of the layout the store was made.</summary>
    internal string Record => Path.Combine(Directory, "store.json");

    /// <summary>Held shared by whoever makes, removes or takes hold of layers, exclusively by a collection.</summary>
    internal string StoreLock => Path.Combine(Directory, "lock");

    /// <summary>Held by whoever changes which names there are, for moments.</summary>
    internal string NamesLock => Path.Combine(Directory, "names.lock");

    internal string LocksDirectory => Path.Combine(Directory, "locks");

    internal string ObjectsDirectory => Path.Combine(Directory, "objects");

    internal string CachesDirectory => Path.Combine(Directory, "cache");

    internal LayerDirectory Layer(Guid id) => new(Path.Combine(Directory, id.ToString("N")));

    internal LayerDirectory NewLayer(Guid id) => new(Path.Combine(Directory, $"{New}{id:N}"));

    internal string RemovedLayer(Guid id) => Path.Combine(Directory, $"{Removed}{id:N}");

    /// <summary>Held shared by those who use a layer, exclusively by who makes or removes it.</summary>
    internal string LayerLock(Guid id) => Path.Combine(LocksDirectory, id.ToString("N"));

    /// <summary>The cache of what is known of a source directory.</summary>
    internal string Cache(string source) =>
        Path.Combine(CachesDirectory, ContentDigest.Of(System.Text.Encoding.UTF8.GetBytes(source)).ToString()[..32]);
}
