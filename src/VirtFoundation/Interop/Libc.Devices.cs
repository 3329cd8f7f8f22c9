using System.Runtime.InteropServices;

namespace VirtFoundation.Interop;

internal static unsafe partial class Libc
{
    internal const int EAGAIN = 11, SA_RESTART = 0x1000_0000;

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Ioctl(int fd, nuint request, nint argument);

    [LibraryImport(Library, EntryPoint = "gettid")]
    internal static partial int Gettid();

    [LibraryImport(Library, EntryPoint = "tgkill", SetLastError = true)]
    internal static partial int Tgkill(int process, int thread, int signal);

    [LibraryImport(Library, EntryPoint = "sigaction", SetLastError = true)]
    internal static partial int Sigaction(int signal, in SignalAction action, SignalAction* old);

    /// <summary><c>struct sigaction</c> as glibc has it on x86-64 (signal.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct SignalAction
    {
        internal nint Handler;
        internal fixed ulong Mask[16];
        internal int Flags;
        internal nint Restorer;
    }
}
