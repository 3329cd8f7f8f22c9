using AppLayer.Registry;
using AppLayer.Store;

namespace AppLayer.Activation;

/// <summary>Where the parts of views come from.</summary>
/// <param name="layers">The layers.</param>
/// <param name="basePrefix">The Wine prefix below them; empty for Linux programs.</param>
internal sealed class ViewSources(LayerStore layers, string basePrefix)
{
    /// <summary>The Wine prefix below all layers.</summary>
    internal string Base => basePrefix;

    /// <summary>The directory with a layer's files.</summary>
    internal string TreeOf(Guid layer) => layers.TreeDirectory(layer);

    /// <summary>A layer's registry entries, if it has any.</summary>
    internal RegistryKey? RegistryOf(Guid layer) => layers.ReadRegistry(layer);
}
