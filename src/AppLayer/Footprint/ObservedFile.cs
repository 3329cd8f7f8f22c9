using AppLayer.Files;

namespace AppLayer.Footprint;

/// <summary>One file, directory or link as a walk found it.</summary>
internal sealed class ObservedFile
{
    /// <summary>Where, below its place: UTF-8 on every good system, but Linux takes any bytes. Parts are separated by <c>/</c>.</summary>
    internal required byte[] Path { get; init; }

    internal required ObservedKind Kind { get; init; }

    /// <summary>Permission bits with set-user-ID, set-group-ID and sticky; 0 on Windows.</summary>
    internal int Mode { get; init; }

    internal uint UserId { get; init; }

    internal uint GroupId { get; init; }

    /// <summary>Windows' attributes (MS-FSCC, 2.6), or those of statx(2): immutable, append only, no dump, the root of a mount …</summary>
    internal ulong Attributes { get; init; }

    /// <summary>The time of the last change to the content, in nanoseconds since 1970.</summary>
    internal long Modified { get; init; }

    /// <summary>The time of the last change to anything (st_ctime), in nanoseconds since 1970; no program can set it. 0 on Windows.</summary>
    internal long Changed { get; init; }

    /// <summary>Bytes of a file's content; the number of a device.</summary>
    internal ulong Length { get; init; }

    /// <summary>The number that the file system knows it by; 0 on Windows.</summary>
    internal ulong Inode { get; init; }

    /// <summary>Names that a file has; 0 for a directory, and on Windows.</summary>
    internal uint Links { get; init; }

    /// <summary>The bytes of a symbolic link; else null.</summary>
    internal byte[]? Target { get; init; }

    /// <summary>Names of extended attributes with the digests of their values, in the order of their names; on Windows its security.</summary>
    internal IReadOnlyList<(string Name, ContentDigest Value)> ExtendedAttributes { get; init; } = [];

    /// <summary>The digest of a file's content; null where it was not asked for, or could not be read.</summary>
    internal ContentDigest? Content { get; init; }

    /// <summary>Why it could not be looked into, or null.</summary>
    internal string? Unreadable { get; init; }
}
