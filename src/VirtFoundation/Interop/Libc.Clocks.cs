using System.Runtime.InteropServices;

namespace VirtFoundation.Interop;

internal static unsafe partial class Libc
{
    /// <summary>
    /// The clock of the processor time that a thread of this process has used, by the thread's number (Linux, CPUCLOCK_PERTHREAD and
    /// CPUCLOCK_SCHED).
    /// </summary>
    internal static int ThreadClock(int thread) => (~thread << 3) | 6;

    [LibraryImport(Library, EntryPoint = "clock_gettime", SetLastError = true)]
    internal static partial int ClockGettime(int clock, out Timespec time);
}
