using System.Runtime.InteropServices;

namespace VirtFoundation.Interop;

internal static unsafe partial class Libc
{
    internal const int EROFS = 30;
    internal const int IOV_MAX = 1024;
    internal const int RWF_NOWAIT = 8;
    internal const int FALLOC_FL_ZERO_RANGE = 0x10;

    internal const long TMPFS_MAGIC = 0x0102_1994, RAMFS_MAGIC = 0x8584_58F6;

    /// <summary>Bytes of <c>struct statfs</c>, which begins with the file system's kind.</summary>
    internal const int StatfsSize = 120;

    [LibraryImport(Library, EntryPoint = "fstatfs", SetLastError = true)]
    internal static partial int Fstatfs(SafeHandle file, long* status);

    /// <param name="file">The file.</param>
    /// <param name="vectors"><c>struct iovec</c>s.</param>
    /// <param name="count">How many.</param>
    /// <param name="offset">First byte in the file.</param>
    /// <param name="flags">RWF_*.</param>
    [LibraryImport(Library, EntryPoint = "preadv2", SetLastError = true)]
    internal static partial nint Preadv2(SafeHandle file, void* vectors, int count, long offset, int flags);

    [LibraryImport(Library, EntryPoint = "pwritev", SetLastError = true)]
    internal static partial nint Pwritev(SafeHandle file, void* vectors, int count, long offset);

    [LibraryImport(Library, EntryPoint = "fdatasync", SetLastError = true)]
    internal static partial int Fdatasync(SafeHandle file);
}
