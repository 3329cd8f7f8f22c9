using VirtSpecs;

namespace AppLayer.Applications;

/// <summary>What <c>temporary.json</c> holds: an application without a name, over a stack that its maker chose.</summary>
internal sealed record TemporaryRecord
{
    /// <summary>Version of the file's layout.</summary>
    public int FormatVersion { get; init; } = 1;

    /// <summary>Its identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whose programs it runs.</summary>
    public required LayerPlatform Platform { get; init; }

    /// <summary>The layers, the first of which wins; none for the system alone.</summary>
    public IReadOnlyList<Guid> Layers { get; init; } = [];

    /// <summary>How it meets the system, by place.</summary>
    public IReadOnlyList<IsolationRule> Rules { get; init; } = [];

    /// <summary>Instead of a view: the directory of the Wine prefix that is being made.</summary>
    public string? Prefix { get; init; }
}
