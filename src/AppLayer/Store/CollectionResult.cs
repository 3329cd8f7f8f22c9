namespace AppLayer.Store;

/// <summary>What a collection removed.</summary>
/// <param name="Objects">Contents that no layer's tree had any more.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Layers">Replaced layers that nobody held any more.</param>
/// <param name="Abandoned">Directories that cut-off commits and removals left.</param>
public sealed record CollectionResult(int Objects, long Bytes, int Layers, int Abandoned);
