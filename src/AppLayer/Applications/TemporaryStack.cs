using VirtSpecs;

namespace AppLayer.Applications;

/// <summary>What a temporary application is made over.</summary>
public sealed record TemporaryStack
{
    /// <summary>Whose programs it runs.</summary>
    public required LayerPlatform Platform { get; init; }

    /// <summary>The layers, the first of which wins; none for the system, or a Windows just installed, alone.</summary>
    public IReadOnlyList<Guid> Layers { get; init; } = [];

    /// <summary>How its programs meet the system, by place; the last rule for a place wins.</summary>
    public IReadOnlyList<IsolationRule> Rules { get; init; } = [];

    /// <summary>Instead of a view: a directory that its programs shall make a Wine prefix of.</summary>
    internal string? Prefix { get; init; }
}
