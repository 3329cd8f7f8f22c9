using System.Text.RegularExpressions;

namespace VirtEngine.Tests.Linux;

/// <summary>The kernel's log, compared with what is known and has a reason.</summary>
internal static partial class KernelLog
{
    private static readonly (Regex Pattern, bool IsRare)[] Allowed = [.. Read()];

    /// <summary>The lines that somebody must look at: of level warning or worse, or that sound so, and that no entry of the list explains.</summary>
    /// <param name="log">What <c>dmesg -r</c> writes.</param>
    internal static IReadOnlyList<string> Unexplained(string log) =>
        [.. log.Split('\n').Where(line => IsSuspicious(line) && !Allowed.Any(entry => entry.Pattern.IsMatch(line)))];

    /// <summary>The same for what a console shows, which does not tell levels.</summary>
    internal static IReadOnlyList<string> UnexplainedOnConsole(string console) =>
        [.. console.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => Alarming().IsMatch(line) && !Allowed.Any(entry => entry.Pattern.IsMatch(line)))];

    /// <summary>The entries that explain nothing in a log, but for those that depend on what else the host does.</summary>
    internal static IReadOnlyList<string> Unused(string log) =>
        [.. Allowed.Where(entry => !entry.IsRare && !log.Split('\n').Any(line => IsSuspicious(line) && entry.Pattern.IsMatch(line))).Select(entry => entry.Pattern.ToString())];

    private static bool IsSuspicious(string line) =>
        Level().Match(line) is { Success: true } level && (int.Parse(level.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) & 7) <= 4
        || Alarming().IsMatch(line);

    private static IEnumerable<(Regex Pattern, bool IsRare)> Read()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Linux", "linux-log-allowed.txt");
        foreach (string line in File.ReadLines(path))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            bool isRare = line.StartsWith("rarely: ", StringComparison.Ordinal);
            string[] parts = (isRare ? line["rarely: ".Length..] : line).Split('\t', 2);
            if (parts.Length != 2 || parts[1].Trim().Length < 10) throw new InvalidDataException($"'{line}' in {path} is not a pattern, a tab and a reason.");
            yield return (new Regex(parts[0], RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)), isRare);
        }
    }

    [GeneratedRegex("^<([0-9]+)>")]
    private static partial Regex Level();

    [GeneratedRegex(@"error|fail|\bbug\b|unable|invalid|unexpected|warning|firmware bug|oops|panic|stall|lockup|call trace|hung|timed out|cannot|can't|not responding",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Alarming();
}
