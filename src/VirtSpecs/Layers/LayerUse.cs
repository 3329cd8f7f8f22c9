namespace VirtSpecs;

/// <summary>A layer that a spec refers to.</summary>
/// <param name="Path">The key that does, such as <c>layers[0]</c>.</param>
/// <param name="Layer">The layer.</param>
internal readonly record struct LayerUse(string Path, LayerReference Layer)
{
    /// <summary>The layers of a list.</summary>
    public static IEnumerable<LayerUse> Of(string path, IEnumerable<LayerReference> layers) =>
        layers.Select((layer, index) => new LayerUse($"{path}[{index}]", layer));
}
