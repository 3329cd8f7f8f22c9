using AppLayer.Files;
using AppLayer.Paths;
using AppLayer.Registry;
using AppLayer.Registry.Text;
using AppLayer.Registry.Tokens;
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
            return new RegistryTokens(new(LayerLayout.WineRoots)).Tokenise(RegFile.Load(path).ToLayer(LayerLayout.WineUserSid));
        }
        catch (FileNotFoundException e)
        {
            throw new VirtException(VirtErrorCode.FileNotFound, $"There is no registry file '{path}'.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage($"'{path}' cannot be read", e);
        }
        catch (Exception e) when (e is RegFileException or PathTokenException or ArgumentException)
        {
            throw new VirtException(VirtErrorCode.LayerInvalid, $"'{path}': {e.Message}", e);
        }
    }
}
