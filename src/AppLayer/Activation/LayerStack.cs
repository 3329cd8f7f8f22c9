using AppLayer.Store;
using VirtFoundation;
using VirtSpecs;

namespace AppLayer.Activation;

/// <summary>The layers that an application's spec asks for, as they are now.</summary>
/// <param name="Platform">Whose programs they hold.</param>
/// <param name="Layers">The layers, the first of which wins.</param>
internal sealed record LayerStack(LayerPlatform Platform, IReadOnlyList<LayerInfo> Layers)
{
    /// <summary>Finds the layers.</summary>
    /// <exception cref="VirtException">One is not there, or they are of different platforms.</exception>
    internal static LayerStack Resolve(LayerStore store, string application, IEnumerable<LayerReference> references)
    {
        LayerInfo[] layers = [.. references.Select(reference => store.Find(reference.Name, reference.Version))];
        var other = Array.Find(layers, layer => layer.Platform != layers[0].Platform);
        return other is null
            ? new(layers[0].Platform, layers)
            : throw new VirtException(
                VirtErrorCode.SpecInvalid,
                $"'{application}' has layers of two systems: {layers[0].Name} is for {layers[0].Platform}, {other.Name} for {other.Platform}.");
    }
}
