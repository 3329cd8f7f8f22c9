using System.Globalization;
using System.Text;

namespace HardwareLab;

/// <summary>A program to run in the lab, as the script that its init executes.</summary>
internal static class LabOrder
{
    private static readonly Dictionary<string, string> Always = new(StringComparer.Ordinal)
    {
        ["HOME"] = "/tmp",
        ["LC_ALL"] = "C.UTF-8",
        ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        // A thread and a socket less in each process, and less work for a processor that is slow at compiling.
        ["DOTNET_EnableDiagnostics"] = "0",
        ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_NOLOGO"] = "1",
    };

    /// <summary>Composes the line that orders a program.</summary>
    /// <param name="token">Ends the program's output.</param>
    /// <param name="program">A path in the lab, which is the one on the host.</param>
    /// <param name="arguments">Any text without NULs.</param>
    /// <param name="environment">Variables besides the usual ones.</param>
    /// <param name="limit">Then the program is killed, in the lab.</param>
    internal static string Compose(string token, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment, TimeSpan limit)
    {
        var variables = new Dictionary<string, string>(Always, StringComparer.Ordinal);
        foreach (var (name, value) in environment ?? Always) variables[name] = value;
        string seconds = Math.Max(1, (int)Math.Ceiling(limit.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        string[] words =
        [
            "env", "-i", .. variables.Select(variable => $"{variable.Key}={variable.Value}"),
            "timeout", "-s", "KILL", seconds, "chroot", "/root", program, .. arguments,
        ];
        if (words.FirstOrDefault(word => word.Contains('\0', StringComparison.Ordinal)) is { } bad) throw new ArgumentException($"'{bad}' has a NUL.", nameof(arguments));
        string script = "exec " + string.Join(' ', words.Select(Quote)) + "\n";
        return $"{token} {Convert.ToBase64String(Encoding.UTF8.GetBytes(script))}\n";
    }

    private static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
