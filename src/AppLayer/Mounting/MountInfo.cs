using System.Text;

namespace AppLayer.Mounting;

/// <summary>What is mounted where (proc_pid_mountinfo(5)).</summary>
internal static class MountInfo
{
    private const int MountPointField = 4, OctalDigits = 3;

    /// <summary>The places at which something is mounted in this process's namespace, but for <c>/</c>.</summary>
    internal static IReadOnlyList<string> Points() => Parse(File.ReadLines("/proc/self/mountinfo"));

    /// <summary>Reads the lines of a <c>mountinfo</c>.</summary>
    internal static IReadOnlyList<string> Parse(IEnumerable<string> lines) =>
    [
        .. lines.Select(line => line.Split(' ')).Where(fields => fields.Length > MountPointField).Select(fields => Decode(fields[MountPointField]))
            .Where(point => point.Length > 1).Distinct(StringComparer.Ordinal),
    ];

    // Space, tab, line feed and backslash are written as three octal digits.
    private static string Decode(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + OctalDigits < text.Length && !text.AsSpan(i + 1, OctalDigits).ContainsAnyExceptInRange('0', '7'))
            {
                result.Append((char)Convert.ToInt32(text.Substring(i + 1, OctalDigits), 8));
                i += OctalDigits;
            }
            else
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }
}
