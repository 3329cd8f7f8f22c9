namespace VirtSpecs;

/// <summary>Finds the layers among specs that references mean.</summary>
internal sealed class LayerIndex(IEnumerable<Spec> specs)
{
    private readonly ILookup<string, Layer> _byName = specs.OfType<Layer>().ToLookup(layer => layer.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The layers' names, each once.</summary>
    public IEnumerable<string> Names => _byName.Select(layers => layers.Key);

    /// <summary>The layer that is meant, if there is one.</summary>
    public Layer? Find(LayerReference reference)
    {
        var candidates = _byName[reference.Name];
        return reference.TryResolve(candidates.Select(layer => layer.Reference), out var found)
            ? candidates.First(layer => layer.Reference == found)
            : null;
    }
}
