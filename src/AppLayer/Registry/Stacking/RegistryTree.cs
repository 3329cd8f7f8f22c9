namespace AppLayer.Registry.Stacking;

/// <summary>What is done with whole trees of keys.</summary>
public static class RegistryTree
{
    /// <summary>A copy with marks, which shares nothing that can change.</summary>
    public static RegistryKey Copy(RegistryKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var copy = CopyAlone(key, key.Name);
        foreach (var value in key.Values)
        {
            copy.Set(value);
        }

        foreach (var subkey in key.Subkeys)
        {
            copy.Add(Copy(subkey));
        }

        return copy;
    }

    /// <summary>
    /// Whether two trees hold the same: names with their case, classes, times, security, links, marks and values. The order of a key's
    /// values isn't content: a registry promises none.
    /// </summary>
    public static bool ContentEquals(RegistryKey first, RegistryKey second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (ReferenceEquals(first, second))
        {
            return true;
        }

        return first.Name == second.Name && first.Mark == second.Mark && SameAttributes(first, second)
            && first.Values.Count == second.Values.Count && first.Subkeys.Count == second.Subkeys.Count
            && first.Values.All(value => second.TryGetValue(value.Name, out var other) && value.Equals(other))
            && first.Subkeys.Zip(second.Subkeys).All(pair => ContentEquals(pair.First, pair.Second));
    }

    /// <summary>Whether class, time, security and being a link are the same.</summary>
    internal static bool SameAttributes(RegistryKey first, RegistryKey second) =>
        first.Class == second.Class && first.LastWrite == second.LastWrite && first.IsLink == second.IsLink
        && first.Security.Span.SequenceEqual(second.Security.Span);

    /// <summary>The key without its values and subkeys.</summary>
    internal static RegistryKey CopyAlone(RegistryKey key, string name) =>
        new(name) { Class = key.Class, LastWrite = key.LastWrite, Security = key.Security, IsLink = key.IsLink, Mark = key.Mark };

    /// <summary>Refuses a tree deeper than a registry can be and, where <paramref name="marks"/> says so, one with marks.</summary>
    /// <exception cref="ArgumentException">It is such a tree; the message names the key.</exception>
    internal static void Check(RegistryKey root, bool marks, string parameter)
    {
        var path = new List<string>();
        Visit(root);

        void Visit(RegistryKey key)
        {
            if (path.Count > RegistryLimits.Depth)
            {
                throw new ArgumentException($"Keys are more than {RegistryLimits.Depth} deep at {string.Join('\\', path)[..256]}…", parameter);
            }

            if (!marks && (key.Mark != LayerMark.Merge || key.Values.Any(value => value.IsTombstone)))
            {
                throw new ArgumentException($"The base has no layers below it, but a mark at '{string.Join('\\', path)}'.", parameter);
            }

            foreach (var subkey in key.Subkeys)
            {
                path.Add(subkey.Name);
                Visit(subkey);
                path.RemoveAt(path.Count - 1);
            }
        }
    }
}
