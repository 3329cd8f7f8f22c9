using System.Runtime.InteropServices;
using VirtFoundation.Interop;
using VirtFoundation.Store;

namespace VirtWorker;

/// <summary>The worker as a process of the system.</summary>
internal static class WorkerProcess
{
    // The log of a worker that complains without end is begun anew.
    private const long LargestLog = 1 << 20;

    private static long _logged;
    private static Action? _emptyLog;

    /// <summary>Leaves the starter's session and terminal, and turns the standard streams to the log.</summary>
    internal static void Detach(string logPath)
    {
        if (OperatingSystem.IsWindows())
        {
            var file = RestrictedFiles.Open(logPath, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            file.Position = file.Length <= LargestLog ? file.Length : 0;
            file.SetLength(file.Position);
            var log = TextWriter.Synchronized(new StreamWriter(file) { AutoFlush = true });
            Console.SetOut(log);
            Console.SetError(log);
            _emptyLog = () => file.SetLength(0);
            return;
        }

        // Fails only if we lead a group already, as under a service manager: then we are on our own as it is.
        _ = Libc.Setsid();
        if (new FileInfo(logPath) is { Exists: true, Length: > LargestLog })
        {
            File.Delete(logPath);
        }

        RestrictedFiles.Open(logPath, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite).Dispose();
        var descriptor = Libc.Open(logPath, Libc.O_WRONLY | Libc.O_APPEND | Libc.O_CLOEXEC);
        if (descriptor < 0)
        {
            throw new IOException($"'{logPath}': {Marshal.GetLastPInvokeErrorMessage()}");
        }

        _ = Libc.Dup2(descriptor, 1);
        _ = Libc.Dup2(descriptor, 2);
        _ = Libc.Close(descriptor);
        _emptyLog = static () => _ = Libc.Ftruncate(2, 0);
    }

    /// <summary>
    /// Gives back what the start needed and nothing holds any more: buffers, and above all what the just-in-time compiler worked in, some 5 MiB
    /// that the C library would keep.
    /// </summary>
    internal static void GiveMemoryBack()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = Libc.MallocTrim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than GNU's.
        }
    }

    /// <summary>Notes something in the log. What finds no room there is lost: there is no other place to say it, and the machine goes on.</summary>
    internal static void Log(string text)
    {
        var line = $"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ} {text}";
        try
        {
            // What a guest makes us say must not fill the disk.
            if (Interlocked.Add(ref _logged, line.Length) > LargestLog && _emptyLog is { } empty)
            {
                Interlocked.Exchange(ref _logged, 0);
                empty();
            }

            Console.Error.WriteLine(line);
        }
        catch (IOException)
        {
            return;
        }
    }
}
