namespace AppLayer.Capture;

/// <summary>How a layer is made of its spec, beyond what the spec says.</summary>
public sealed record LayerMakeOptions
{
    /// <summary>
    /// A layer to update: the installer runs over it, and the new layer is that one with what the installer changed. It stays as it is.
    /// </summary>
    public Guid? Updates { get; init; }

    /// <summary>A layer of the same name and version whose place the new one takes.</summary>
    public Guid? Replaces { get; init; }

    /// <summary>What an installer may end with beside 0 (and, for Windows, 3010 and 1641).</summary>
    public IReadOnlyCollection<int> SuccessExitCodes { get; init; } = [];

    /// <summary>What the layer is, for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>The spec as text, to be kept in the layer.</summary>
    public string? SpecText { get; init; }
}
