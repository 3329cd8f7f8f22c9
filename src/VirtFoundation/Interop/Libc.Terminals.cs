using System.Runtime.InteropServices;

namespace VirtFoundation.Interop;

internal static unsafe partial class Libc
{
    internal const int TCSADRAIN = 1;
    internal const short POLLOUT = 4;

    [LibraryImport(Library, EntryPoint = "isatty", SetLastError = true)]
    internal static partial int IsATty(int fd);

    [LibraryImport(Library, EntryPoint = "tcgetattr", SetLastError = true)]
    internal static partial int TcGetAttr(int fd, out Termios mode);

    [LibraryImport(Library, EntryPoint = "tcsetattr", SetLastError = true)]
    internal static partial int TcSetAttr(int fd, int when, in Termios mode);

    [LibraryImport(Library, EntryPoint = "cfmakeraw")]
    internal static partial void CfMakeRaw(ref Termios mode);

    /// <summary><c>struct termios</c> as glibc and musl have it on x86-64: 60 bytes (bits/termios-struct.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Termios
    {
        internal uint Input, Output, Control, Local;
        internal byte Line;
        internal fixed byte Characters[32];
        internal uint InputSpeed, OutputSpeed;
    }
}
