using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using VirtFoundation.Interop;

namespace VirtFoundation.Launching;

/// <summary>
/// Windows: a process without a console that leaves the shell's job; where the job forbids that (SSH, WinRM), a task of the scheduler starts it.
/// </summary>
internal sealed class BreakawayLauncher : IWorkerLauncher
{
    public Task<string> Launch(WorkerCommand command, string logPath)
    {
        var line = CommandLine(command);
        var startup = new Kernel32.StartupInfo { Size = (uint)Marshal.SizeOf<Kernel32.StartupInfo>() };
        const uint flags = Kernel32.DETACHED_PROCESS | Kernel32.CREATE_BREAKAWAY_FROM_JOB | Kernel32.CREATE_NEW_PROCESS_GROUP;
        // CreateProcess may write to the line it is given.
        char[] writable = [.. line, '\0'];
        if (!TryCreate(writable, flags, startup, out var created))
        {
            var error = Marshal.GetLastPInvokeError();
            return error == Kernel32.ERROR_ACCESS_DENIED
                ? Schedule(line)
                : throw new VirtException(
                    VirtErrorCode.WorkerNotFound, $"'{command.Program}' could not be started: {Marshal.GetPInvokeErrorMessage(error)}");
        }

        Kernel32.CloseHandle(created.Thread);
        Kernel32.CloseHandle(created.Process);
        return WatchAsync(created.ProcessId);
    }

    /// <summary>Joins arguments so that the C runtime takes them apart again (CommandLineToArgvW's rules).</summary>
    internal static string CommandLine(WorkerCommand command)
    {
        var line = new StringBuilder();
        foreach (var argument in command.Arguments.Prepend(command.Program))
        {
            line.Append(line.Length > 0 ? " \"" : "\"");
            var backslashes = 0;
            foreach (var character in argument)
            {
                if (character == '"')
                {
                    // Backslashes before a quote count double, and the quote needs one of its own.
                    line.Append('\\', backslashes + 1);
                }

                backslashes = character == '\\' ? backslashes + 1 : 0;
                line.Append(character);
            }

            line.Append('\\', backslashes).Append('"');
        }

        return line.ToString();
    }

    private static unsafe bool TryCreate(
        char[] line, uint flags, in Kernel32.StartupInfo startup, out Kernel32.ProcessInformation created)
    {
        fixed (char* text = line)
        {
            return Kernel32.CreateProcess(0, text, 0, 0, inheritHandles: false, flags, 0, 0, startup, out created);
        }
    }

    private static async Task<string> WatchAsync(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            await process.WaitForExitAsync().ConfigureAwait(false);
            return $"it ended with exit code {process.ExitCode}";
        }
        catch (ArgumentException)
        {
            return "it ended at once";
        }
    }

    private static async Task<string> Schedule(string line)
    {
        var name = $"VirtTools-{Guid.NewGuid():N}";
        await RunAsync("/Create", "/F", "/SC", "ONCE", "/ST", "00:00", "/TN", name, "/TR", line).ConfigureAwait(false);
        try
        {
            await RunAsync("/Run", "/TN", name).ConfigureAwait(false);
        }
        finally
        {
            await RunAsync("/Delete", "/F", "/TN", name).ConfigureAwait(false);
        }

        // The scheduler's child cannot be watched from here; its ready signal or the starter's patience ends the wait.
        await Task.Delay(Timeout.Infinite).ConfigureAwait(false);
        return "";
    }

    private static async Task RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("schtasks.exe", arguments) { CreateNoWindow = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var complaint = await process.StandardError.ReadToEndAsync().ConfigureAwait(false);
        await process.WaitForExitAsync().ConfigureAwait(false);
        if (process.ExitCode != 0)
        {
            throw new VirtException(VirtErrorCode.WorkerNotFound, $"The task scheduler refused to start the worker: {complaint.Trim()}");
        }
    }
}
