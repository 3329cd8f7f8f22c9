using AppLayer.Files;
using AppLayer.Mounting;

namespace AppLayer.Resolution;

/// <summary>A step towards a view.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Directory">A directory of the host that exists.</param>
/// <param name="Place">Where below it; no link is followed on the way.</param>
internal sealed record ViewStep(ViewStepKind Kind, string Directory, string Place)
{
    /// <summary>The overlay to be mounted.</summary>
    internal OverlayMount? Overlay { get; init; }

    /// <summary>What is shown, or a link's text.</summary>
    internal string? Source { get; init; }

    /// <summary>Whether what is shown can't be changed.</summary>
    internal bool IsReadOnly { get; init; }

    /// <summary>What a directory that is missing gets its attributes from; null for those of a new one.</summary>
    internal FileEntry? Like { get; init; }
}
