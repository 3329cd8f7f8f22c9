using AppLayer.Applications;
using AppLayer.Files;
using AppLayer.Paths;
using AppLayer.Registry;
using AppLayer.Registry.Hive;
using AppLayer.Registry.Stacking;
using AppLayer.Registry.Text;
using AppLayer.Registry.Views;
using AppLayer.Resolution;
using AppLayer.Wine;
using VirtFoundation;
using VirtFoundation.Events;
using VirtFoundation.Formats;
using VirtFoundation.Store;
using VirtSpecs;

namespace AppLayer.Activation;

/// <summary>
/// What a run leaves in a prefix beside files of its drive. Before it the registry files of Wine are composed of base, layers and writable
/// layer; after it their difference to base and layers becomes the writable layer's hive, and the files go. That can be done later, and
/// again: it gives the same. Cut off anywhere, each hive is the old or the new one whole, and what is still to be done is <see cref="IsDue"/>.
/// </summary>
/// <param name="application">The application.</param>
/// <param name="sources">Where layers and base come from.</param>
/// <param name="layers">The layers of the run, the first of which wins.</param>
/// <param name="rules">How it meets the system; those for registry keys count here.</param>
internal sealed class WineLeavings(ApplicationDirectory application, ViewSources sources, IReadOnlyList<Guid> layers, IReadOnlyList<IsolationRule> rules)
{
    private const string Drive = "drive_c";

    private static readonly PathTokens Tokens = new(LayerLayout.WineRoots);

    private readonly IFileOperations _files = application.Operations;
    private readonly WritableLayer _writable = application.Writable;

    // There as long as the registry files can hold more than the hive: made when they are complete, removed when the hive is.
    private string PendingPath => _writable.RegistryPath + ".pending";

    /// <summary>Whether a run left what <see cref="Keep"/> has not seen to.</summary>
    internal bool IsDue => File.Exists(PendingPath) || FindLeavings().Any();

    /// <summary>Makes the registry of a run.</summary>
    /// <param name="policy">What becomes of what the run writes.</param>
    /// <returns>Null where the base's files are the registry, and are seen as they are: no layer has an entry.</returns>
    /// <exception cref="VirtException">The disk refuses, or a registry cannot be understood.</exception>
    internal WinePrefixRegistry? Compose(WritablePolicy policy)
    {
        WinePrefixRegistry? composed = null;
        Try("composed", () =>
        {
            var stack = Plan(policy == WritablePolicy.Keep ? Read(_writable) : null, Read(application.Data)).Layers;
            composed = stack.Any(layer => layer.Tree.Subkeys.Count > 0) ? WinePrefixRegistry.Load(sources.Base).Compose(stack, Tokens) : null;
        });
        return composed;
    }

    /// <summary>Writes the registry files of a run.</summary>
    /// <param name="composed">What <see cref="Compose"/> made.</param>
    /// <param name="prefix">The run's prefix, mounted.</param>
    /// <param name="policy">What becomes of what the run writes.</param>
    /// <exception cref="VirtException">The disk refuses.</exception>
    internal void Save(WinePrefixRegistry? composed, string prefix, WritablePolicy policy) => Try("composed", () =>
    {
        composed?.Save(prefix, _files);
        if (policy != WritablePolicy.Memory)
        {
            _files.Create(PendingPath).Dispose();
        }
    });

    /// <summary>Keeps what the last run changed of the registry, and removes what is not content from the writable layer.</summary>
    /// <exception cref="VirtException">The disk refuses, or a registry cannot be understood.</exception>
    internal void Keep() => Try("kept", () =>
    {
        if (File.Exists(PendingPath))
        {
            Divide();
            _files.Delete(PendingPath);
        }

        Clean();
    });

    // What the run changed over base and layers is the whole of the writable and the data layer: they were part of what it began with.
    private void Divide()
    {
        var written = RegistryRoots.All.Count(root => File.Exists(Path.Combine(_writable.Tree, root.WineFile)));
        if (written == 0)
        {
            return;
        }

        var foundation = WinePrefixRegistry.Load(sources.Base);
        var plan = Plan(null, null);
        var composed = foundation.Compose(plan.Layers, Tokens);

        // wineserver writes what has changed. What is not there is what it began with: what the base has and the hives hold.
        var before = written == RegistryRoots.All.Count ? composed : foundation.Compose(Plan(Read(_writable), Read(application.Data)).Layers, Tokens);
        if (TryReadChanges(before, composed) is not { } changes)
        {
            return;
        }

        var (writable, data) = plan.Rules?.Divide(changes) ?? (changes, new(""));
        if (data.Subkeys.Count > 0 || (rules.Any(rule => rule is { IsRegistryKey: true, Mode: IsolationMode.Data }) && File.Exists(application.Data.RegistryPath)))
        {
            application.Data.Create();
            AtomicFile.Replace(application.Data.RegistryPath, HiveFile.ToBytes(data).Span, _files);
        }

        AtomicFile.Replace(_writable.RegistryPath, HiveFile.ToBytes(writable).Span, _files);
    }

    // wineserver does not flush what it writes: a loss of power can leave files that nobody can read, now or ever. The hives hold what was before.
    private RegistryKey? TryReadChanges(WinePrefixRegistry before, WinePrefixRegistry composed)
    {
        try
        {
            return WinePrefixRegistry.Load(_writable.Tree, before).Since(composed, Tokens, WineNoise.Known);
        }
        catch (WineRegistryException e)
        {
            application.Events.Append(EventNames.RegistryLost, e.Message);
            return null;
        }
    }

    /// <summary>The stack of registries over the base, the first of which wins; with the rules for keys, if there are any.</summary>
    private (IReadOnlyList<RegistryLayer> Layers, RegistryPlan? Rules) Plan(RegistryKey? writable, RegistryKey? data)
    {
        List<RegistryLayer> stack = [.. layers.Select((layer, index) => (Tree: sources.RegistryOf(layer), index))
            .Where(layer => layer.Tree is not null).Select(layer => new RegistryLayer($"{layer.index}", layer.Tree!))];
        if (rules.Any(rule => rule.IsRegistryKey))
        {
            var plan = new RegistryPlan(rules, writable, data, stack, ReadBase(sources.Base), LayerLayout.WineUserSid);
            return (plan.Stack.Layers, plan);
        }

        return (writable is null ? stack : [new("writable", writable), .. stack], null);
    }

    /// <summary>The registry of a prefix as one tree.</summary>
    internal static RegistryKey ReadBase(string prefix)
    {
        var all = new RegistryKey("");
        foreach (var root in RegistryRoots.All)
        {
            var tree = WineRegistryFile.Parse(File.ReadAllBytes(Path.Combine(prefix, root.WineFile))).ToTree();
            var key = all.Create(root.Root.ToString());
            foreach (var subkey in tree.Subkeys)
            {
                key.Add(subkey);
            }

            foreach (var value in tree.Values)
            {
                key.Set(value);
            }
        }

        return all;
    }

    /// <summary>The registry entries of a writable layer; null if it has none.</summary>
    internal static RegistryKey? Read(WritableLayer layer) =>
        File.Exists(layer.RegistryPath) ? HiveFile.Read(File.ReadAllBytes(layer.RegistryPath)) : null;

    private void Clean()
    {
        foreach (var entry in FindLeavings().ToList())
        {
            if (IsDirectory(entry))
            {
                _files.DeleteDirectory(entry.FullName);
            }
            else
            {
                _files.Delete(entry.FullName);
            }
        }
    }

    // Registry files, the name of wineserver's directory, devices: of a prefix only the drive is content.
    private IEnumerable<FileSystemInfo> FindLeavings() => Directory.Exists(_writable.Tree)
        ? new DirectoryInfo(_writable.Tree).EnumerateFileSystemInfos().Where(entry => entry.Name != Drive || !IsDirectory(entry))
        : [];

    private static bool IsDirectory(FileSystemInfo entry) => entry is DirectoryInfo { LinkTarget: null };

    /// <summary>Works on registries; what goes wrong with them is told as an error with a code.</summary>
    /// <param name="what">What is done, in words.</param>
    /// <param name="action">The work.</param>
    internal static void Try(string what, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage($"The registry could not be {what}", e);
        }
        catch (Exception e) when (e is MalformedDataException or FormatException or PathTokenException)
        {
            throw new VirtException(VirtErrorCode.StateFileDamaged, $"The registry could not be {what}: {e.Message}", e);
        }
    }
}
