using AppLayer.Registry;
using AppLayer.Registry.Text;
using AppLayer.Registry.Views;

namespace AppLayer.Footprint;

/// <summary>Where a Wine prefix keeps its registry.</summary>
internal static class WineRegistryPlace
{
    internal static readonly (string File, RegistryRoot Root)[] Files =
    [
        ("system.reg", RegistryRoot.Machine),
        ("user.reg", RegistryRoot.CurrentUser),
        ("userdef.reg", RegistryRoot.DefaultUser),
    ];

    /// <summary>Reads the registry: a root without a name whose keys are the roots'. A file that is not there gives an empty root.</summary>
    /// <exception cref="WineRegistryException">A file is damaged.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    internal static RegistryKey Read(string prefix)
    {
        var registry = new RegistryKey("");
        foreach (var (name, root) in Files)
        {
            var path = Path.Combine(prefix, name);
            var tree = File.Exists(path) ? WineRegistryFile.Load(path).ToTree() : new RegistryKey("");
            registry.Add(Named(tree, root.ToString()));
        }

        return registry;
    }

    // A key's name is given when it is made; the tree's root has none.
    private static RegistryKey Named(RegistryKey root, string name)
    {
        var named = new RegistryKey(name) { Class = root.Class, LastWrite = root.LastWrite, Security = root.Security, IsLink = root.IsLink };
        foreach (var value in root.Values)
        {
            named.Set(value);
        }

        foreach (var subkey in root.Subkeys)
        {
            named.Add(subkey);
        }

        return named;
    }
}
