using VirtSpecs;

namespace AppLayer.Activation;

/// <summary>The view that an application's programs shall get.</summary>
internal sealed record ViewOrder
{
    /// <summary>Whose programs run in it.</summary>
    internal required LayerPlatform Platform { get; init; }

    /// <summary>The layers, the first of which wins.</summary>
    internal required IReadOnlyList<Guid> Layers { get; init; }

    /// <summary>How the programs meet the system, by place; the last rule for a place wins.</summary>
    internal IReadOnlyList<IsolationRule> Rules { get; init; } = [];

    /// <summary>What becomes of what they write.</summary>
    internal WritablePolicy Writable { get; init; }

    /// <summary>Instead of a view: the directory of a Wine prefix that is being made.</summary>
    internal string? Prefix { get; init; }

    /// <summary>Whether it is a temporary application's, whose programs may put on the desktop what others shall find there.</summary>
    internal bool IsTemporary { get; init; }
}
