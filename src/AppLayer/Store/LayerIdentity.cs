using VirtSpecs;

namespace AppLayer.Store;

/// <summary>What a layer that is committed shall be called.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version; name and version together are unique in a store, whatever their case.</param>
/// <param name="Platform">The system whose programs it holds.</param>
public sealed record LayerIdentity(string Name, string Version, LayerPlatform Platform)
{
    /// <summary>What it is, for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>The layer's identity, where it was chosen before; null for a new one.</summary>
    internal Guid? Id { get; init; }

    /// <summary>
    /// The layer whose place it takes: from the moment of the commit that one is in no list any more; it is removed when nobody holds it.
    /// </summary>
    public Guid? Replaces { get; init; }
}
