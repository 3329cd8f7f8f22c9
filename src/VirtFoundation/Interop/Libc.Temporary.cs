using System.Runtime.InteropServices;

namespace VirtFoundation.Interop;

internal static unsafe partial class Libc
{
    internal const int O_NONBLOCK = 0x800, ENOENT = 2, ENODATA = 61, ERANGE = 34, EPERM = 1, ELOOP = 40;

    [LibraryImport(Library, EntryPoint = "getdents64", SetLastError = true)]
    internal static partial nint GetDents64(int directory, byte* buffer, nuint size);
}
