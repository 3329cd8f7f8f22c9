using AppLayer.Files;

namespace AppLayer.Capture.Trees;

/// <summary>
/// Entries as directories hold them. Token paths alone don't say what lies in what: {Temp} lies in {LocalAppData}.
/// </summary>
internal sealed class PlaceTree
{
    private readonly SortedDictionary<string, PlaceTree> _children;

    private PlaceTree(string name, StringComparer comparer)
    {
        Name = name;
        _children = new(comparer);
    }

    /// <summary>The name in its directory; empty for the root.</summary>
    internal string Name { get; }

    /// <summary>What stands here; null on the way to entries alone.</summary>
    internal FileEntry? Entry { get; private set; }

    /// <summary>What is in it, by name.</summary>
    internal IReadOnlyCollection<PlaceTree> Children => _children.Values;

    internal static PlaceTree Of(FileTree files, LayerLayout layout, StringComparer comparer)
    {
        var root = new PlaceTree("", comparer);
        foreach (var entry in files.Entries)
        {
            var node = root;
            foreach (var name in layout.PlaceOf(entry.Path).Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!node._children.TryGetValue(name, out var child))
                {
                    node._children.Add(name, child = new(name, comparer));
                }

                node = child;
            }

            // Of names that differ only in case the first counts, as for all that looks them up.
            node.Entry ??= entry;
        }

        return root;
    }

    internal PlaceTree? Find(string name) => _children.GetValueOrDefault(name);
}
