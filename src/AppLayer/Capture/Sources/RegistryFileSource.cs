using AppLayer.Files;
using AppLayer.Paths;
using AppLayer.Registry;
using AppLayer.Registry.Text;
using AppLayer.Registry.Tokens;
using AppLayer.Registry.Views;
using VirtFoundation;

namespace AppLayer.Capture.Sources;

/// <summary>Makes a layer's registry entries of a .reg file.</summary>
internal static class RegistryFileSource
{
    /// <summary>Reads a file of version 4 or 5. Deletions in it delete what is below the layer; paths become tokens.</summary>
    /// <exception cref="VirtException">It is damaged, cannot be read, or has keys under a root that layers don't have.</exception>
    internal static RegistryKey Read(string path)
    {
        try
        {
            return new RegistryTokens(new(LayerLayout.WineRoots)).Tokenise(ByRoots(RegFile.Load(path).ToLayer(), path));
        }
        catch (FileNotFoundException e)
        {
            throw new VirtException(VirtErrorCode.FileNotFound, $"There is no registry file '{path}'.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage($"'{path}' cannot be read", e);
        }
        catch (Exception e) when (e is RegFileException or PathTokenException)
        {
            throw new VirtException(VirtErrorCode.LayerInvalid, $"'{path}': {e.Message}", e);
        }
    }

    // The file's keys are under the roots' full names, a layer's under its own.
    private static RegistryKey ByRoots(RegistryKey tree, string path)
    {
        var layer = new RegistryKey("");
        foreach (var (key, text) in tree.Subkeys.SelectMany(Roots))
        {
            if (!RegistryPath.TryParse(text, null, out var place) || place.Path.Length > 0)
            {
                throw new VirtException(VirtErrorCode.LayerInvalid, $"'{path}' has keys under {text}, which is another user's or none that a layer can hold.");
            }

            Move(key, layer.Create(place.TreePath));
        }

        return layer;
    }

    private static IEnumerable<(RegistryKey Key, string Text)> Roots(RegistryKey root) =>
        root.Name == RegRoot.Users.Name() ? root.Subkeys.Select(user => (user, $@"{root.Name}\{user.Name}")) : [(root, root.Name)];

    private static void Move(RegistryKey from, RegistryKey to)
    {
        to.Mark = from.Mark;
        foreach (var value in from.Values)
        {
            to.Set(value);
        }

        foreach (var subkey in from.Subkeys)
        {
            to.Add(subkey);
        }
    }
}
