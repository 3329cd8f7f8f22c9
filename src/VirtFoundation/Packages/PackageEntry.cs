namespace VirtFoundation.Packages;

/// <summary>Something that a package installs.</summary>
/// <param name="Path">Its path without a leading slash: <c>usr/sbin/qemu-ga</c>; empty for the root directory.</param>
/// <param name="Kind">What it is.</param>
internal sealed record PackageEntry(string Path, PackageEntryKind Kind)
{
    /// <summary>Permission bits, with set-user-ID, set-group-ID and sticky.</summary>
    internal int Mode { get; init; }

    internal uint UserId { get; init; }

    internal uint GroupId { get; init; }

    /// <summary>When its content was last changed, UTC.</summary>
    internal DateTime Modified { get; init; }

    /// <summary>What a symbolic link says; the path, as <see cref="Path"/>, of the file that a hard link is another name of.</summary>
    internal string? Link { get; init; }

    /// <summary>Bytes of a file.</summary>
    internal long Length { get; init; }

    /// <summary>A file's content, to be read before the next entry is asked for.</summary>
    internal Stream Content { get; init; } = Stream.Null;
}
