using AppLayer.Files;
using AppLayer.Registry;
using AppLayer.Resolution;
using AppLayer.Store;
using VirtFoundation;

namespace AppLayer.Activation;

/// <summary>Where the parts of views come from.</summary>
/// <param name="layers">The layers.</param>
/// <param name="basePrefix">The Wine prefix below them; empty for Linux programs.</param>
internal sealed class ViewSources(LayerStore layers, string basePrefix)
{
    /// <summary>The Wine prefix below all layers.</summary>
    internal string Base => basePrefix;

    /// <summary>A layer on its way into a stack.</summary>
    /// <exception cref="VirtException">It is not there, or damaged.</exception>
    internal StackLayer Find(Guid layer)
    {
        var info = layers.Get(layer);
        return ContentDigest.TryParse(info.Digest, out var digest)
            ? new(new($"{info.Name}@{info.Version}", layers.TreeDirectory(layer), new TreeFiles(layers.ReadFiles(layer))), digest)
            : throw new VirtException(VirtErrorCode.LayerDamaged, $"The digest of layer '{info}' is none: {info.Digest}");
    }

    /// <summary>A layer's registry entries, if it has any.</summary>
    internal RegistryKey? RegistryOf(Guid layer) => layers.ReadRegistry(layer);
}
