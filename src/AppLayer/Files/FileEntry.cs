namespace AppLayer.Files;

/// <summary>One entry of a layer's files: what stands at a path, with everything about it that a layer keeps.</summary>
public sealed record FileEntry
{
    /// <summary>
    /// Where: a known root and a path below it, with <c>/</c> between the parts: <c>{ProgramFiles}/nodejs/node.exe</c>, <c>{Root}/usr/bin/env</c>.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>What stands there.</summary>
    public required FileKind Kind { get; init; }

    /// <summary>Whether a directory hides what the layers below have in it.</summary>
    public bool Opaque { get; init; }

    /// <summary>When its content was last changed.</summary>
    public FileTime Modified { get; init; }

    /// <summary>When it was made; <see cref="FileTime"/> 0 where nothing is known, as on Linux.</summary>
    public FileTime Created { get; init; }

    /// <summary>Windows' attributes (MS-FSCC, 2.6) that a file can be given: hidden, system, read-only, archive, not content indexed.</summary>
    public FileAttributes Attributes { get; init; }

    /// <summary>Its short name (8.3), or null.</summary>
    public string? ShortName { get; init; }

    /// <summary>Its security descriptor, self-relative (MS-DTYP, 2.4.6), or null for the one it inherits.</summary>
    public ReadOnlyMemory<byte>? Security { get; init; }

    /// <summary>POSIX permission bits with set-user-ID, set-group-ID and sticky (inode(7)): 0 to 0xfff.</summary>
    public int Mode { get; init; }

    /// <summary>The owner's number, as the layer shall show it.</summary>
    public uint UserId { get; init; }

    /// <summary>The group's number, as the layer shall show it.</summary>
    public uint GroupId { get; init; }

    /// <summary>Extended attributes in the ordinal order of their names.</summary>
    public IReadOnlyList<ExtendedAttribute> ExtendedAttributes { get; init; } = [];

    /// <summary>The text of a symbolic link; else null.</summary>
    public string? Target { get; init; }

    /// <summary>Names of one file bear the same number, above 0; a file with one name bears 0.</summary>
    public int HardLink { get; init; }

    /// <summary>Bytes of a file's content.</summary>
    public long Length { get; init; }

    /// <summary>The digest of a file's content.</summary>
    public ContentDigest Content { get; init; }
}
