using AppLayer.Applications;
using AppLayer.Files;
using AppLayer.Paths;
using AppLayer.Registry;
using AppLayer.Registry.Hive;
using AppLayer.Registry.Stacking;
using AppLayer.Registry.Views;
using AppLayer.Wine;
using VirtFoundation;
using VirtFoundation.Formats;
using VirtFoundation.Store;
using VirtSpecs;

namespace AppLayer.Activation;

/// <summary>
/// What a run leaves in a prefix beside files of its drive. Before it the registry files of Wine are composed of base, layers and writable
/// layer; after it their difference to base and layers becomes the writable layer's hive, and the files go. That can be done later, and
/// again: it gives the same.
/// </summary>
internal sealed class WineLeavings(ApplicationDirectory application, ViewSources sources, IFileOperations? operations = null)
{
    private const string Drive = "drive_c";

    private static readonly PathTokens Tokens = new(LayerLayout.WineRoots);

    private readonly IFileOperations _files = operations ?? FileOperations.Instance;
    private readonly WritableLayer _writable = application.Writable;

    // There as long as the registry files can hold more than the hive: made when they are complete, removed when the hive is.
    private string PendingPath => _writable.RegistryPath + ".pending";

    /// <summary>Writes the registry files for a run.</summary>
    /// <param name="layers">The layers, the first of which wins.</param>
    /// <param name="basePrefix">The prefix below them.</param>
    /// <param name="prefix">The run's prefix, mounted.</param>
    /// <param name="policy">What becomes of what the run writes.</param>
    /// <exception cref="VirtException">The disk refuses, or a registry cannot be understood.</exception>
    internal void Compose(IReadOnlyList<Guid> layers, string basePrefix, string prefix, WritablePolicy policy) => Try("composed", () =>
    {
        var stack = Stack(layers);
        if (policy == WritablePolicy.Keep && File.Exists(_writable.RegistryPath))
        {
            stack.Insert(0, HiveFile.Read(File.ReadAllBytes(_writable.RegistryPath)));
        }

        // Without entries of layers the base's files are the registry, and are seen as they are.
        if (stack.Count > 0)
        {
            WinePrefixRegistry.Load(basePrefix).Compose(stack.Select(Layer), Tokens).Save(prefix);
        }

        if (policy == WritablePolicy.Keep)
        {
            _files.Create(PendingPath).Dispose();
        }
    });

    /// <summary>Keeps what the last run changed of the registry, and removes what is not content from the writable layer.</summary>
    /// <param name="layers">The layers of that run.</param>
    /// <param name="basePrefix">The prefix below them.</param>
    /// <exception cref="VirtException">The disk refuses, or a registry cannot be understood.</exception>
    internal void Keep(IReadOnlyList<Guid> layers, string basePrefix) => Try("kept", () =>
    {
        if (File.Exists(PendingPath))
        {
            if (Difference(layers, basePrefix) is { } difference)
            {
                AtomicFile.Replace(_writable.RegistryPath, HiveFile.ToBytes(difference).Span, _files);
            }

            _files.Delete(PendingPath);
        }

        Clean();
    });

    /// <summary>What a run changed, over base and layers.</summary>
    /// <returns>Null if it changed nothing, or wrote nothing.</returns>
    private RegistryKey? Difference(IReadOnlyList<Guid> layers, string basePrefix)
    {
        var written = RegistryRoots.All.Where(root => File.Exists(Path.Combine(_writable.Tree, root.WineFile))).ToList();
        if (written.Count == 0)
        {
            return null;
        }

        var before = WinePrefixRegistry.Load(basePrefix);
        var composed = before.Compose(Stack(layers).Select(Layer), Tokens);
        foreach (var root in RegistryRoots.All.Except(written))
        {
            // wineserver writes what has changed; the others are as the base has them.
            File.Copy(Path.Combine(basePrefix, root.WineFile), Path.Combine(_writable.Tree, root.WineFile));
        }

        return WinePrefixRegistry.Load(_writable.Tree).Since(composed, Tokens, WineNoise.Known);
    }

    // Registry files, the name of wineserver's directory, devices: of a prefix only the drive is content.
    private void Clean()
    {
        if (!Directory.Exists(_writable.Tree))
        {
            return;
        }

        foreach (var entry in new DirectoryInfo(_writable.Tree).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo { LinkTarget: null })
            {
                if (entry.Name != Drive)
                {
                    _files.DeleteDirectory(entry.FullName);
                }
            }
            else
            {
                _files.Delete(entry.FullName);
            }
        }
    }

    private List<RegistryKey> Stack(IReadOnlyList<Guid> layers) => [.. layers.Select(sources.RegistryOf).OfType<RegistryKey>()];

    private static RegistryLayer Layer(RegistryKey tree, int index) => new(index == 0 ? "top" : $"{index}", tree);

    private static void Try(string what, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage($"The registry could not be {what}", e);
        }
        catch (Exception e) when (e is MalformedDataException or PathTokenException)
        {
            throw new VirtException(VirtErrorCode.StateFileDamaged, $"The registry could not be {what}: {e.Message}", e);
        }
    }
}
