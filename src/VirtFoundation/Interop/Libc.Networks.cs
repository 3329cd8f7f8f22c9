using System.Runtime.InteropServices;

namespace VirtFoundation.Interop;

internal static unsafe partial class Libc
{
    internal const int EIO = 5, ENXIO = 6, EBUSY = 16, EBADFD = 77;
    internal const short POLLIN = 1, POLLERR = 8, POLLHUP = 16;
    internal const int EFD_CLOEXEC = 0x8_0000;

    /// <summary><c>TUNSETIFF</c> (linux/if_tun.h): <c>_IOW('T', 202, int)</c>.</summary>
    internal const nuint TUNSETIFF = 0x400454CA;

    internal const short IFF_TAP = 2, IFF_NO_PI = 0x1000;

    /// <summary><c>IFNAMSIZ</c>: bytes of an interface's name with its terminator.</summary>
    internal const int IFNAMSIZ = 16;

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(SafeHandle file, byte* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    internal static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    internal static partial int Eventfd(uint value, int flags);

    /// <summary><c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollEntry
    {
        internal int Fd;
        internal short Events, Returned;
    }

    /// <summary><c>struct ifreq</c> (linux/if.h) as far as TUNSETIFF reads it: 40 bytes.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 40)]
    internal struct InterfaceRequest
    {
        internal fixed byte Name[IFNAMSIZ];
        internal short Flags;
    }
}
