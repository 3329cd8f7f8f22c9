namespace VirtFoundation.Launching;

/// <summary>What the computer's administrator set for logins (logind.conf(5)).</summary>
internal static class LogindSettings
{
    private static readonly string[] Places = ["/usr/lib/systemd", "/usr/local/lib/systemd", "/run/systemd", "/etc/systemd"];

    /// <summary>Whether processes that a user leaves behind are killed at logout (<c>KillUserProcesses</c>).</summary>
    internal static bool KillsAtLogout() => KillsAtLogout(Places);

    internal static bool KillsAtLogout(IEnumerable<string> places)
    {
        var kills = false;
        foreach (var place in places)
        {
            foreach (var file in Files(place))
            {
                foreach (var line in File.ReadLines(file))
                {
                    var parts = line.Split('=', 2, StringSplitOptions.TrimEntries);
                    if (parts is ["KillUserProcesses", var value])
                    {
                        kills = value.ToLowerInvariant() is "yes" or "true" or "1" or "on";
                    }
                }
            }
        }

        return kills;
    }

    private static IEnumerable<string> Files(string place)
    {
        var main = Path.Combine(place, "logind.conf");
        var more = main + ".d";
        string[] parts = Directory.Exists(more) ? [.. Directory.GetFiles(more, "*.conf").Order(StringComparer.Ordinal)] : [];
        return File.Exists(main) ? parts.Prepend(main) : parts;
    }
}
