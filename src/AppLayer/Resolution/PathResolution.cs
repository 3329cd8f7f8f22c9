using AppLayer.Files;
using VirtSpecs;

namespace AppLayer.Resolution;

/// <summary>What an application sees at a path, and where that comes from.</summary>
public sealed record PathResolution
{
    /// <summary>The path that was asked for.</summary>
    public required string Path { get; init; }

    /// <summary>Where it is in the view once links are followed: relative to the view's root, with <c>/</c> between the parts; or a registry
    /// key's path in the layers' trees.</summary>
    public required string Place { get; init; }

    /// <summary>How the application meets the place.</summary>
    public required IsolationMode Mode { get; init; }

    /// <summary>Whether anything is there.</summary>
    public required bool Exists { get; init; }

    /// <summary>Who gives it; null if nothing is there.</summary>
    public string? Winner { get; init; }

    /// <summary>What the winner is.</summary>
    public PartyKind? WinnerKind { get; init; }

    /// <summary>What is there, where a file, directory or link is.</summary>
    public FileEntry? Entry { get; init; }

    /// <summary>The path on the host that is read; null if nothing is there, and for registry keys.</summary>
    public string? ReadPath { get; init; }

    /// <summary>The path on the host that is written; null where nothing can be, and for registry keys.</summary>
    public string? WritePath { get; init; }

    /// <summary>Who records what is written.</summary>
    public PartyKind? WriterKind { get; init; }

    /// <summary>The links that were followed, as places.</summary>
    public IReadOnlyList<string> Links { get; init; } = [];

    /// <summary>Every party's part, the topmost first.</summary>
    public IReadOnlyList<ResolutionParty> Parties { get; init; } = [];
}
