using VirtSpecs;

namespace AppLayer.Resolution;

/// <summary>What programs see at a path of a stack, and which party of the stack gives it.</summary>
public sealed record ResolvedPath
{
    /// <summary>The path that was asked for, or that was found on the way.</summary>
    public required string Path { get; init; }

    /// <summary>A registry value's name, empty for the default value; null for anything else.</summary>
    public string? Value { get; init; }

    /// <summary>The path; of a registry value with its name behind, <c>(Default)</c> for the default value.</summary>
    public string FullName => EntryName.Of(Path, Value);

    /// <summary>What is there.</summary>
    public required ResolvedKind Kind { get; init; }

    /// <summary>Who gives it: a layer as <c>name@version</c>, or the writable layer, the data layer, the base system.</summary>
    public required string Winner { get; init; }

    /// <summary>What the winner is.</summary>
    public required PartyKind WinnerKind { get; init; }

    /// <summary>How the application meets the place.</summary>
    public required IsolationMode Mode { get; init; }

    /// <summary>Bytes of a file, or of a registry value's data; null for anything else.</summary>
    public long? Length { get; init; }

    /// <summary>The text of a symbolic link; else null.</summary>
    public string? Target { get; init; }

    /// <summary>Where it is once links on the way are followed, in the form that listings have: <c>/usr/bin/x</c>,
    /// <c>{ProgramFiles}\x</c>, <c>HKLM\Software\x</c>.</summary>
    public required string Place { get; init; }

    /// <summary>The path on the host that is read; null for registry entries.</summary>
    public string? ReadPath { get; init; }

    /// <summary>The path on the host that a change would be written to; null where nothing can be written, or not to a disk, and for registry
    /// entries.</summary>
    public string? WritePath { get; init; }

    /// <summary>Who records what is written; null where nothing can be, as in a stack without an application.</summary>
    public PartyKind? WriterKind { get; init; }

    /// <summary>Every party's part, the topmost first.</summary>
    public required IReadOnlyList<ResolutionParty> Parties { get; init; }

    /// <summary>The host that the stack is on.</summary>
    public required string HostName { get; init; }
}
