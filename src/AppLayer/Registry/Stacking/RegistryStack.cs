namespace AppLayer.Registry.Stacking;

/// <summary>
/// Layers over a base, seen as one registry. Nothing here changes what it was given, and the same stack gives the same view every time.
/// </summary>
/// <remarks>
/// The first layer that speaks of a key or value wins. A tombstone hides what is below it; what a layer above makes anew at the same path
/// starts empty. A superseding key hides what is below it and counts itself;
/// one that supersedes locally hides values and attributes, but no subkeys. Names are spelled as the winner spells them, a key's subkeys
/// are in the order of their names, and values in that of the lowest layer that has them.
/// </remarks>
public sealed class RegistryStack
{
    private readonly RegistryLayer _base;

    /// <summary>A stack.</summary>
    /// <param name="layers">The layers; the first wins.</param>
    /// <param name="foundation">What they are over: a registry without marks.</param>
    /// <exception cref="ArgumentException">A tree is deeper than a registry can be, or the base has marks.</exception>
    public RegistryStack(IEnumerable<RegistryLayer> layers, RegistryLayer foundation)
    {
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentNullException.ThrowIfNull(foundation);
        Layers = [.. layers];
        _base = foundation;
        foreach (var layer in Layers)
        {
            RegistryTree.Check(layer.Tree, marks: true, nameof(layers));
        }

        RegistryTree.Check(_base.Tree, marks: false, nameof(foundation));
    }

    /// <summary>The layers, the first of which wins; the base isn't among them.</summary>
    public IReadOnlyList<RegistryLayer> Layers { get; }

    /// <summary>
    /// The one registry that the stack shows, without marks. It is for reading: what no layer touches are the base's own keys, which keeps
    /// the time that this takes to what the layers hold. <see cref="RegistryTree.Copy"/> gives one that may be changed.
    /// </summary>
    public RegistryKey Compose()
    {
        List<RegistryKey> roots = [.. Layers.Select(layer => layer.Tree), _base.Tree];
        KeyMerge.Reach(roots);
        return roots.Count == 0 ? new RegistryKey("") : KeyMerge.Compose(roots, roots[^1] == _base.Tree ? _base.Tree : null);
    }

    /// <summary>Which layer gives a key, or a value of it, and what every other one has to do with it.</summary>
    /// <param name="path">The key's path, as the layers' trees have it. Links are not followed: <c>RegistryView</c> does that.</param>
    /// <param name="value">The value's name, empty for the default value; null to ask for the key.</param>
    public RegistryExplanation Explain(string path, string? value = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        var parts = path.Split('\\', StringSplitOptions.RemoveEmptyEntries);
        var parties = new List<RegistryParty>();
        var (keyHidden, valueDecided, valueHidden) = (false, false, false);
        foreach (var layer in Layers.Append(_base))
        {
            var (key, mark, at) = Walk(layer.Tree, parts);
            var speaks = key is not null && mark != LayerMark.Tombstone;
            if (value is null)
            {
                if (speaks)
                {
                    var given = parties.Any(party => party.Role == RegistryRole.Gives);
                    parties.Add(new(layer.Name, keyHidden ? RegistryRole.Hidden : given ? RegistryRole.Adds : RegistryRole.Gives, path));
                }
            }
            else if (speaks && key!.TryGetValue(value, out var found))
            {
                var role = keyHidden || valueDecided || valueHidden ? RegistryRole.Hidden : found.IsTombstone ? RegistryRole.Deletes : RegistryRole.Gives;
                if (!(found.IsTombstone && role == RegistryRole.Hidden))
                {
                    parties.Add(new(layer.Name, role, path));
                }

                valueDecided = true;
            }

            if (mark != LayerMark.Merge && !keyHidden && !(value is not null && valueDecided))
            {
                parties.Add(new(layer.Name, mark == LayerMark.Tombstone ? RegistryRole.Deletes : RegistryRole.Supersedes, at));
            }

            keyHidden |= mark != LayerMark.Merge;
            if (speaks && value is not null && key!.Mark == LayerMark.SupersedeLocal)
            {
                if (!keyHidden && !valueDecided && !valueHidden)
                {
                    parties.Add(new(layer.Name, RegistryRole.Supersedes, path));
                }

                valueHidden = true;
            }
        }

        return new(path, value, parties);
    }

    /// <summary>The key that a layer has at a path, and the first mark on the way, with its place.</summary>
    private static (RegistryKey? Key, LayerMark Mark, string At) Walk(RegistryKey root, string[] parts)
    {
        var (mark, at) = (root.Mark == LayerMark.SupersedeLocal ? LayerMark.Merge : root.Mark, "");
        var key = root;
        for (var i = 0; i < parts.Length && mark != LayerMark.Tombstone; i++)
        {
            if (!key.TryGetSubkey(parts[i], out var next))
            {
                return (null, mark, at);
            }

            key = next;
            if (key.Mark == LayerMark.Tombstone || (mark == LayerMark.Merge && key.Mark == LayerMark.Supersede))
            {
                (mark, at) = (key.Mark, string.Join('\\', parts[..(i + 1)]));
            }
        }

        return (key, mark, at);
    }
}
