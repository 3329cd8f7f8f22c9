using System.Runtime.InteropServices;
using AppLayer.Registry;
using AppLayer.Registry.Stacking;
using AppLayer.Registry.Text;
using AppLayer.Registry.Views;

namespace AppLayer.Wine;

/// <summary>
/// The links of a base prefix, such as <c>Software\Wow6432Node\Classes</c>. wineserver follows them when it reads a file, so what a layer has
/// below one belongs where the link leads.
/// </summary>
internal static class WineLinks
{
    private const string LinkValue = "SymbolicLinkValue";

    /// <summary>The layers' trees; those that have keys below a link are copies, with the keys in their place.</summary>
    internal static RegistryKey[] Follow(WineRegistryText text, RegistryRoot root, RegistryKey[] layers)
    {
        foreach (var (link, target) in Find(text))
        {
            if (!RegistryRoots.TryFromKernelPath(target, out var targetRoot, out _, out var below) || targetRoot != root) continue;
            for (var i = 0; i < layers.Length; i++)
            {
                var path = $@"{root}\{link}";
                if (layers[i].Find(path) is { IsLink: false, Mark: LayerMark.Merge } key && key.Subkeys.Count + key.Values.Count > 0)
                {
                    layers = [.. layers];
                    layers[i] = Move(layers[i], path, $@"{root}\{below}");
                }
            }
        }

        return layers;
    }

    private static RegistryKey Move(RegistryKey layer, string from, string to)
    {
        var tree = RegistryTree.Copy(layer);
        var (moved, (holder, name)) = (tree.Find(from)!, Part(tree, from));
        holder.Remove(name);
        (holder, name) = Part(tree, to);
        holder.TryGetSubkey(name, out var there);
        holder.Remove(name);

        // What stands at the link's target itself wins over what was named by way of the link.
        var renamed = new RegistryKey(there?.Name ?? name) { LastWrite = moved.LastWrite, Class = moved.Class, Security = moved.Security };
        foreach (var value in moved.Values) renamed.Set(value);
        foreach (var subkey in moved.Subkeys) renamed.Add(subkey);
        holder.Add(there is null ? renamed : LayerFlattening.Flatten(there, renamed));
        return tree;
    }

    private static (RegistryKey Holder, string Name) Part(RegistryKey tree, string path)
    {
        var at = path.LastIndexOf('\\');
        return (tree.Create(path[..at]), path[(at + 1)..]);
    }

    private static List<(string Link, string Target)> Find(WineRegistryText text)
    {
        var links = new List<(string, string)>();
        var rest = text.Bytes.Span;
        for (var at = rest.IndexOf("\n#link\n"u8); at >= 0; at = rest.IndexOf("\n#link\n"u8))
        {
            var start = rest[..at].LastIndexOf("\n["u8);
            if (start >= 0)
            {
                var piece = rest[start..];
                var section = new WineRegistryReader(piece[..WineRegistryText.SectionLength(piece)], RegistryTextLimits.Default).ReadSections().Sections[0];
                if (section.Values.FirstOrDefault(value => value.Name == LinkValue) is { } target)
                {
                    links.Add((section.Path, new(MemoryMarshal.Cast<byte, char>(target.Data.Span))));
                }
            }

            rest = rest[(at + 1)..];
        }

        return links;
    }
}
