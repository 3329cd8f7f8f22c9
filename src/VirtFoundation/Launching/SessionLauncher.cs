using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace VirtFoundation.Launching;

/// <summary>
/// Unix: the process makes a session of its own as its first act (<c>WorkerProcess.Detach</c>), so that neither the terminal's signals nor its
/// end reach it. Where logind kills what a user leaves behind, it also gets a scope of its own from the user's service manager.
/// </summary>
internal sealed class SessionLauncher : IWorkerLauncher
{
    // What a process says before it has its log: enough for a runtime's complaint.
    private const int LongestComplaint = 8 << 10;

    // Who sets one of these variables has the last word.
    private static readonly (string Name, string Value)[] Defaults =
    [
        // Sockets and threads of the runtime for debuggers are memory and time at each start, and the sockets stay in /tmp when a worker is killed.
        ("DOTNET_EnableDiagnostics", "0"),
        // What the just-in-time compiler is done with goes back to the system. By itself glibc raises the threshold after the first large piece
        // that is freed, and keeps megabytes (mallopt(3), M_TRIM_THRESHOLD; this is what it begins with).
        ("MALLOC_TRIM_THRESHOLD_", "131072"),
        // Two heaps, not one for each of twenty threads: what one has let go of, the others can take. No run loop allocates from them.
        ("MALLOC_ARENA_MAX", "2"),
    ];

    public Task<string> Launch(WorkerCommand command, string logPath)
    {
        if (LogindSettings.KillsAtLogout() && UserManager() is { } systemdRun)
        {
            command = new(systemdRun, ["--user", "--scope", "--quiet", "--collect", "--", command.Program, .. command.Arguments]);
        }

        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var (name, value) in Defaults)
        {
            start.Environment.TryAdd(name, value);
        }

        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return WatchAsync(process);
        }
        catch (Win32Exception e)
        {
            throw new VirtException(VirtErrorCode.WorkerNotFound, $"'{command.Program}' could not be started: {e.Message}", e);
        }
    }

    // The pipes end when the process turns to its log, or ends. The runtime itself collects the process when it ends.
    private static async Task<string> WatchAsync(Process process)
    {
        using (process)
        {
            var complaint = await ReadAsync(process.StandardError).ConfigureAwait(false);
            await process.WaitForExitAsync().ConfigureAwait(false);
            return $"it ended with exit code {process.ExitCode}{(complaint.Length > 0 ? ": " : "")}{complaint}";
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader)
    {
        var text = new StringBuilder();
        var buffer = new char[1024];
        int read;
        while ((read = await reader.ReadAsync(buffer).ConfigureAwait(false)) > 0)
        {
            text.Append(buffer, 0, Math.Min(read, LongestComplaint - text.Length));
        }

        return text.ToString().Trim();
    }

    private static string? UserManager()
    {
        var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        return runtime is { Length: > 0 } && File.Exists(Path.Combine(runtime, "systemd", "private")) && File.Exists("/usr/bin/systemd-run")
            ? "/usr/bin/systemd-run"
            : null;
    }
}
