using VirtSpecs;

namespace AppLayer.Resolution;

/// <summary>What a view shall be made of.</summary>
internal sealed record ViewRequest
{
    /// <summary>Whose programs see it.</summary>
    internal required LayerPlatform Platform { get; init; }

    /// <summary>The system below: <c>/</c>, or a Wine prefix.</summary>
    internal required string Base { get; init; }

    /// <summary>Its files.</summary>
    internal required IFileSource BaseFiles { get; init; }

    /// <summary>The layers; the first wins.</summary>
    internal required IReadOnlyList<ViewLayer> Layers { get; init; }

    /// <summary>Where changes go; null to keep them in memory until the view is gone.</summary>
    internal required WritableDirectory? Writable { get; init; }

    /// <summary>Where changes go that survive a reset; needed where a rule says so.</summary>
    internal WritableDirectory? Data { get; init; }

    /// <summary>How every application meets places; the last that matches wins. Nobody is told where that can't be.</summary>
    internal IReadOnlyList<IsolationRule> Defaults { get; init; } = [];

    /// <summary>How this one meets places, those for registry keys left aside; the last that matches wins, and wins over
    /// <see cref="Defaults"/>.</summary>
    internal IReadOnlyList<IsolationRule> Rules { get; init; } = [];

    /// <summary>Directories of the host that stand for places which pass through, by path: <c>{Documents}</c>. Others are the base's own.</summary>
    internal IReadOnlyDictionary<string, string> HostFolders { get; init; } = new Dictionary<string, string>();

    /// <summary>Linux: paths below <c>/</c> at which other file systems or files are mounted.</summary>
    internal IReadOnlyList<string> BaseMounts { get; init; } = [];

    /// <summary>Whether the view is mounted in a user namespace, which can't lay anything over a directory that has mounts below.</summary>
    internal bool IsUserNamespace { get; init; }

    /// <summary>An empty directory of the host; the view appears in <see cref="ViewPlan.Root"/> below it, in its namespace alone.</summary>
    internal required string Target { get; init; }
}
