using VirtFoundation.Interop;

namespace VirtEngine.Measures;

/// <summary>The host's processor time that a thread of this process uses, read by any thread as long as that one lives.</summary>
internal sealed class ThreadTime
{
    private readonly int _thread = OperatingSystem.IsWindows() ? (int)Kernel32.GetCurrentThreadId() : Libc.Gettid();

    private ThreadTime()
    {
    }

    /// <summary>What it has used so far; zero if the system does not tell.</summary>
    internal TimeSpan Used => OperatingSystem.IsWindows() ? OnWindows() : OnLinux();

    /// <summary>The calling thread's.</summary>
    internal static ThreadTime OfCurrent() => new();

    private TimeSpan OnLinux() => Libc.ClockGettime(Libc.ThreadClock(_thread), out var used) == 0
        ? TimeSpan.FromSeconds(used.Seconds) + TimeSpan.FromTicks(used.Nanoseconds / TimeSpan.NanosecondsPerTick)
        : TimeSpan.Zero;

    private TimeSpan OnWindows()
    {
        nint handle = Kernel32.OpenThread(Kernel32.THREAD_QUERY_LIMITED_INFORMATION, inherit: false, (uint)_thread);
        if (handle == 0) return TimeSpan.Zero;
        bool told = Kernel32.GetThreadTimes(handle, out _, out _, out long kernel, out long user);
        Kernel32.CloseHandle(handle);
        return told ? TimeSpan.FromTicks(kernel + user) : TimeSpan.Zero;
    }
}
