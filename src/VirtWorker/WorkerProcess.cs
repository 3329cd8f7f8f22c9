using System.Runtime.InteropServices;
using VirtEngine.Interop;
using VirtEngine.Store;

namespace VirtWorker;

/// <summary>The worker as a process of the system.</summary>
internal static class WorkerProcess
{
    // The log of a worker that complains without end is begun anew.
    private const long LargestLog = 1 << 20;

    /// <summary>Leaves the starter's session and terminal, and turns the standard streams to the log.</summary>
    internal static void Detach(string logPath)
    {
        if (OperatingSystem.IsWindows())
        {
            var file = new FileStream(logPath, OwnerOnly.Open(FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete));
            var log = TextWriter.Synchronized(new StreamWriter(file) { AutoFlush = true });
            Console.SetOut(log);
            Console.SetError(log);
            return;
        }

        // Fails only if we lead a group already, as under a service manager: then we are on our own as it is.
        _ = Libc.Setsid();
        if (new FileInfo(logPath) is { Exists: true, Length: > LargestLog })
        {
            File.Delete(logPath);
        }

        var descriptor = Libc.Open(logPath, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_APPEND | Libc.O_CLOEXEC, (uint)OwnerOnly.FileMode);
        if (descriptor < 0)
        {
            throw new IOException($"'{logPath}': {Marshal.GetLastPInvokeErrorMessage()}");
        }

        _ = Libc.Dup2(descriptor, 1);
        _ = Libc.Dup2(descriptor, 2);
        _ = Libc.Close(descriptor);
    }

    /// <summary>Notes something in the log. What finds no room there is lost: there is no other place to say it, and the machine goes on.</summary>
    internal static void Log(string text)
    {
        try
        {
            Console.Error.WriteLine($"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ} {text}");
        }
        catch (IOException)
        {
            return;
        }
    }
}
