using System.Runtime.InteropServices;

namespace VirtFoundation.Interop;

internal static unsafe partial class Libc
{
    internal const int O_EXCL = 0x80, O_NONBLOCK = 0x800;
    internal const int AT_EMPTY_PATH = 0x1000, AT_SYMLINK_FOLLOW = 0x400;
    internal const int LOCK_SH = 1, LOCK_UN = 8;
    internal const int EPERM = 1, ENOENT = 2, ENODEV = 19, EEXIST = 17, EXDEV = 18, ENOTDIR = 20, EINVAL = 22, ENOTTY = 25, ENOSPC = 28, EMLINK = 31;
    internal const int ERANGE = 34, ENOSYS = 38, ELOOP = 40, ENODATA = 61, EOPNOTSUPP = 95, EDQUOT = 122;
    internal const ulong RESOLVE_NO_MAGICLINKS = 2, RESOLVE_NO_SYMLINKS = 4, RESOLVE_BENEATH = 8;
    internal const uint S_IFCHR = 0x2000;
    internal const uint SYNC_FILE_RANGE_WRITE = 2;

    /// <summary><c>FICLONE</c> (linux/fs.h): <c>_IOW(0x94, 9, int)</c>.</summary>
    internal const nuint FICLONE = 0x40049409;

    /// <summary><c>UTIME_OMIT</c>: leaves a time as it is.</summary>
    internal const long UTIME_OMIT = 0x3ffffffe;

    // The same number on all architectures, as all system calls since 5.0; the C library has no function for it.
    private const nint OpenAt2Call = 437;

    /// <summary>Opens a path below a directory; flags as <c>open_how.resolve</c> (openat2(2), Linux 5.6).</summary>
    internal static int OpenAt2(int directory, string path, int flags, ulong resolve)
    {
        OpenHow how = new() { Flags = (uint)flags, Resolve = resolve };
        return (int)OpenAt2(OpenAt2Call, directory, path, &how, (nuint)sizeof(OpenHow));
    }

    [LibraryImport(Library, EntryPoint = "openat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int OpenAt(int directory, string path, int flags, uint mode);

    /// <summary>Fills a buffer with <c>struct linux_dirent64</c>.</summary>
    [LibraryImport(Library, EntryPoint = "getdents64", SetLastError = true)]
    internal static partial nint GetDents64(int directory, byte* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "readlinkat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial nint ReadLinkAt(int directory, string path, byte* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "llistxattr", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial nint ListXattr(string path, byte* names, nuint length);

    [LibraryImport(Library, EntryPoint = "lgetxattr", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial nint GetXattr(string path, string name, byte* value, nuint length);

    [LibraryImport(Library, EntryPoint = "lsetxattr", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int SetXattr(string path, string name, byte* value, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "lremovexattr", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int RemoveXattr(string path, string name);

    [LibraryImport(Library, EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int Link(string from, string to);

    [LibraryImport(Library, EntryPoint = "linkat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int LinkAt(int fromDirectory, string from, int toDirectory, string to, int flags);

    [LibraryImport(Library, EntryPoint = "symlink", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int Symlink(string target, string path);

    [LibraryImport(Library, EntryPoint = "mknod", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int Mknod(string path, uint mode, ulong device);

    [LibraryImport(Library, EntryPoint = "mkdir", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int Mkdir(string path, uint mode);

    [LibraryImport(Library, EntryPoint = "unlink", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int Unlink(string path);

    [LibraryImport(Library, EntryPoint = "lchown", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int Lchown(string path, uint user, uint group);

    /// <summary>Follows links: for what is known to be none.</summary>
    [LibraryImport(Library, EntryPoint = "chmod", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int Chmod(string path, uint mode);

    /// <param name="directory">Where a relative path begins.</param>
    /// <param name="path">The path.</param>
    /// <param name="times">Two: of the last access and of the last change.</param>
    /// <param name="flags"><see cref="AT_SYMLINK_NOFOLLOW"/> or 0.</param>
    [LibraryImport(Library, EntryPoint = "utimensat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int Utimensat(int directory, string path, Timespec* times, int flags);

    [LibraryImport(Library, EntryPoint = "syncfs", SetLastError = true)]
    internal static partial int Syncfs(int fd);

    [LibraryImport(Library, EntryPoint = "sync_file_range", SetLastError = true)]
    internal static partial int SyncFileRange(SafeHandle file, long offset, long length, uint flags);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Ioctl(SafeHandle file, nuint request, nint argument);

    [LibraryImport(Library, EntryPoint = "getegid")]
    internal static partial uint Getegid();

    [LibraryImport(Library, EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial nint OpenAt2(nint number, nint directory, string path, OpenHow* how, nuint length);

    /// <summary><c>struct timespec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Timespec
    {
        internal long Seconds, Nanoseconds;
    }

    /// <summary><c>struct open_how</c> (linux/openat2.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        internal ulong Flags, Mode, Resolve;
    }
}
