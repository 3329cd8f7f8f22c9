using System.Runtime.InteropServices;

namespace VirtFoundation.Interop;

internal static unsafe partial class Kernel32
{
    internal const uint DETACHED_PROCESS = 8, CREATE_NEW_PROCESS_GROUP = 0x200, CREATE_BREAKAWAY_FROM_JOB = 0x0100_0000;
    internal const int ERROR_ACCESS_DENIED = 5;

    [LibraryImport(Library, EntryPoint = "CreateProcessW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool CreateProcess(
        nint application, char* commandLine, nint processAttributes, nint threadAttributes,
        [MarshalAs(UnmanagedType.Bool)] bool inheritHandles, uint flags, nint environment, nint directory,
        in StartupInfo startup, out ProcessInformation information);

    /// <summary><c>STARTUPINFOW</c>: 104 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct StartupInfo
    {
        internal uint Size;
        private fixed ulong _rest[12];
    }

    /// <summary><c>PROCESS_INFORMATION</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ProcessInformation
    {
        internal nint Process;
        internal nint Thread;
        internal int ProcessId;
        internal int ThreadId;
    }
}
