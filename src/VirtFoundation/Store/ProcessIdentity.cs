using System.Diagnostics;
using System.Globalization;

namespace VirtFoundation.Store;

/// <summary>A process for all time: its number, which the system uses again, and the moment it was started.</summary>
/// <param name="Id">The process's number.</param>
/// <param name="Start">The boot and the moment in it (Linux: boot id and field 22 of <c>/proc/pid/stat</c>), opaque.</param>
internal readonly record struct ProcessIdentity(int Id, string Start)
{
    /// <summary>This process as others know it: in a PID namespace of its own it has another number than they see (pid_namespaces(7)).</summary>
    internal static ProcessIdentity Current
    {
        get
        {
            var id = OperatingSystem.IsLinux() && int.TryParse(new FileInfo("/proc/self").LinkTarget, CultureInfo.InvariantCulture, out var seen)
                ? seen
                : Environment.ProcessId;
            return new(id, StartOf(id) ?? "");
        }
    }

    /// <summary>Whether the process still runs; one that ended and whose parent has not asked yet does not.</summary>
    internal bool IsAlive => Id > 0 && StartOf(Id) is { } start && start == Start;

    private static string? StartOf(int id) => OperatingSystem.IsLinux() ? StartOnLinux(id) : StartByClock(id);

    private static string? StartOnLinux(int id)
    {
        try
        {
            // "pid (name) state ppid …": the name can hold anything, the last parenthesis ends it.
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : $"{File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()}/{fields[19]}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? StartByClock(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.HasExited ? null : process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
