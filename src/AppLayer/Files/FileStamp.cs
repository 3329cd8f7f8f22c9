using VirtFoundation.Interop;

namespace AppLayer.Files;

/// <summary>What tells that a file is the one that was seen before, and unchanged as far as its file system says.</summary>
/// <param name="Device">The file system.</param>
/// <param name="Inode">The file in it.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Modified">Time of the content's last change, ns since 1970.</param>
/// <param name="Changed">Time of the file's last change of any kind, which no program can set, ns since 1970.</param>
internal readonly record struct FileStamp(ulong Device, ulong Inode, long Size, long Modified, long Changed)
{
    internal static FileStamp Of(in Statx status) =>
        new(status.Device, status.Inode, status.Size, Nanoseconds(status.Modified), Nanoseconds(status.Changed));

    private static long Nanoseconds(StatxTime time) => unchecked((time.Seconds * 1_000_000_000) + time.Nanoseconds);
}
