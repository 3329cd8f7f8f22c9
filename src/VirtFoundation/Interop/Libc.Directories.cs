using System.Runtime.InteropServices;

namespace VirtFoundation.Interop;

/// <summary>Calls with names of bytes: names of Linux need not be UTF-8.</summary>
internal static unsafe partial class Libc
{
    internal const int ESTALE = 116;
    internal const ulong STATX_ATTR_MOUNT_ROOT = 0x2000;

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true)]
    internal static partial int OpenAt(int directory, byte* name, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true)]
    internal static partial int Statx(int directory, byte* name, int flags, uint mask, out Statx result);

    [LibraryImport(Library, EntryPoint = "readlinkat", SetLastError = true)]
    internal static partial nint ReadLinkAt(int directory, byte* name, byte* buffer, nuint size);

    [LibraryImport(Library, EntryPoint = "llistxattr", SetLastError = true)]
    internal static partial nint ListXattr(byte* path, byte* names, nuint length);

    [LibraryImport(Library, EntryPoint = "lgetxattr", SetLastError = true)]
    internal static partial nint GetXattr(byte* path, byte* name, byte* value, nuint length);
}
