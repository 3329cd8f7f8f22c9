using System.Runtime.InteropServices;
using AppLayer.Capture.Installers;
using AppLayer.Capture.Trees;
using AppLayer.Files;
using AppLayer.Registry;
using AppLayer.Registry.Views;
using VirtFoundation;

namespace AppLayer.Capture.Noise;

/// <summary>Takes out of a capture what isn't part of a layer, and tells what and why.</summary>
/// <param name="rules">The rules.</param>
/// <param name="lower">What the capture was made over.</param>
/// <param name="control">What the system changes by itself; null if that isn't known.</param>
internal sealed class NoiseFilter(NoiseRules rules, ILowerFiles lower, ControlRun? control)
{
    private const string Emptied = "nothing is in it but what was left out";
    private const string Same = "nothing but a time is other than below";
    private const string ByItself = "the system changes it by itself";

    private readonly Dictionary<(NoiseSource, string, string), (int Count, List<string> Places)> _removals = [];

    /// <summary>What was taken out, by what the most was first.</summary>
    internal IReadOnlyList<NoiseRemoval> Removals =>
    [
        .. _removals.Select(removal => new NoiseRemoval
        {
            Source = removal.Key.Item1,
            Rule = removal.Key.Item2,
            Reason = removal.Key.Item3,
            Count = removal.Value.Count,
            Places = removal.Value.Places,
        }).OrderByDescending(removal => removal.Count).ThenBy(removal => removal.Rule, StringComparer.Ordinal),
    ];

    /// <summary>Takes noise out of a tree on the disk.</summary>
    /// <exception cref="VirtException">The tree cannot be read or changed.</exception>
    internal void Clean(string tree, CancellationToken cancellation)
    {
        var layout = LayerLayout.For(rules.Platform);
        var files = FileScanner.Scan(tree, rules.Platform, cancellation: cancellation).Files;
        try
        {
            foreach (var child in PlaceTree.Of(files, layout, StringComparer.Ordinal).Children)
            {
                Visit(child, child.Name, [child.Name], null);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage($"'{tree}' cannot be cleaned", e);
        }

        // Whether something is left of it.
        bool Visit(PlaceTree node, string place, List<string> path, NoiseRule? inherited)
        {
            cancellation.ThrowIfCancellationRequested();
            var rule = rules.Find(CollectionsMarshal.AsSpan(path), isRegistry: false, inherited);
            var isLeft = false;
            foreach (var child in node.Children)
            {
                path.Add(child.Name);
                isLeft |= Visit(child, $"{place}/{child.Name}", path, rule);
                path.RemoveAt(path.Count - 1);
            }

            if (isLeft || node.Entry is not { } entry)
            {
                return isLeft;
            }

            var full = Path.Combine(tree, place);
            var isSame = lower.IsSame(place, entry, full);
            var (source, pattern, reason) =
                rule is not null ? (rule.Source, rule.Pattern.Text, rule.Reason)
                : control?.Has(place, entry, full) == true ? (NoiseSource.ControlRun, "", ByItself)
                : entry.Opaque ? default
                : isSame == true ? (NoiseSource.Untouched, "", Same)
                : isSame is null && node.Children.Count > 0 ? (NoiseSource.Untouched, "", Emptied)
                : default;
            if (reason is null)
            {
                return true;
            }

            Remove(full, entry.Kind);
            Note(source, pattern, reason, entry.Path);
            return false;
        }
    }

    /// <summary>Takes noise out of a registry difference, which this changes.</summary>
    /// <returns>Null if nothing is left.</returns>
    internal RegistryKey? Clean(RegistryKey difference)
    {
        foreach (var root in difference.Subkeys.ToList())
        {
            if (!Visit(root, control?.Registry is { } tree && tree.TryGetSubkey(root.Name, out var key) ? key : null, [root.Name], null))
            {
                difference.Remove(root.Name);
            }
        }

        return difference.Subkeys.Count > 0 ? difference : null;

        bool Visit(RegistryKey key, RegistryKey? known, List<string> path, NoiseRule? inherited)
        {
            var rule = rules.Find(CollectionsMarshal.AsSpan(path), isRegistry: true, inherited);
            var wasEmpty = key.Values.Count + key.Subkeys.Count == 0;
            foreach (var value in key.Values.ToList())
            {
                path.Add(value.Name);
                var found = rules.Find(CollectionsMarshal.AsSpan(path), isRegistry: true, rule);
                if (found is not null || (known is not null && known.TryGetValue(value.Name, out var other) && other.Equals(value)))
                {
                    key.RemoveValue(value.Name);
                    Note(found, $"{Text(path[..^1])} [{value.Name}]");
                }

                path.RemoveAt(path.Count - 1);
            }

            foreach (var subkey in key.Subkeys.ToList())
            {
                path.Add(subkey.Name);
                if (!Visit(subkey, known is not null && known.TryGetSubkey(subkey.Name, out var other) ? other : null, path, rule))
                {
                    key.Remove(subkey.Name);
                }

                path.RemoveAt(path.Count - 1);
            }

            if (key.Values.Count + key.Subkeys.Count > 0)
            {
                return true;
            }

            // A key that is there for what was left out goes with it; one that was made empty is what was made.
            var isKnown = known is not null && known.Mark == key.Mark && known.Class == key.Class && wasEmpty;
            var isLeft = rule is null && !isKnown && (wasEmpty || key.Mark != LayerMark.Merge) && path.Count > 1;
            if (!isLeft && path.Count > 1 && (wasEmpty || rule is not null))
            {
                Note(rule, Text(path));
            }

            return isLeft;
        }

        static string Text(List<string> path) => $@"{new RegistryPath(Enum.Parse<RegistryRoot>(path[0]), string.Join('\\', path.Skip(1)))}";
    }

    private void Note(NoiseRule? rule, string place)
    {
        if (rule is null)
        {
            Note(NoiseSource.ControlRun, "", ByItself, place);
        }
        else
        {
            Note(rule.Source, rule.Pattern.Text, rule.Reason, place);
        }
    }

    private void Note(NoiseSource source, string rule, string reason, string place)
    {
        ref var removal = ref CollectionsMarshal.GetValueRefOrAddDefault(_removals, (source, rule, reason), out _);
        removal = (removal.Count + 1, removal.Places ?? []);
        if (removal.Places.Count < NoiseRemoval.MostPlaces)
        {
            removal.Places.Add(place);
        }
    }

    private static void Remove(string path, FileKind kind)
    {
        if (kind == FileKind.Directory)
        {
            Directory.Delete(path);
        }
        else
        {
            File.Delete(path);
        }
    }
}
