using System.Runtime.InteropServices;

namespace VirtFoundation.Interop;

internal static unsafe partial class Kernel32
{
    internal const uint THREAD_QUERY_LIMITED_INFORMATION = 0x0800;

    [LibraryImport(Library, EntryPoint = "GetCurrentThreadId")]
    internal static partial uint GetCurrentThreadId();

    [LibraryImport(Library, EntryPoint = "OpenThread", SetLastError = true)]
    internal static partial nint OpenThread(uint access, [MarshalAs(UnmanagedType.Bool)] bool inherit, uint thread);

    /// <summary>Times in 100 ns.</summary>
    [LibraryImport(Library, EntryPoint = "GetThreadTimes", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool GetThreadTimes(nint thread, out long created, out long ended, out long kernel, out long user);
}
