using VirtFoundation.Packages;

namespace AppLayer.Capture.Sources;

/// <summary>The Debian packages that a system has.</summary>
internal static class InstalledPackages
{
    private const int LongestParagraph = 1 << 18;

    /// <summary>Names of those that are installed, and what they provide.</summary>
    /// <param name="status">dpkg's list; a system without one has no packages.</param>
    /// <exception cref="IOException">The list cannot be read.</exception>
    internal static HashSet<string> Read(string status)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (!File.Exists(status))
        {
            return names;
        }

        var paragraph = new System.Text.StringBuilder();
        foreach (var line in File.ReadLines(status).Append(""))
        {
            if (line.Length > 0)
            {
                if (paragraph.Length < LongestParagraph)
                {
                    paragraph.Append(line).Append('\n');
                }

                continue;
            }

            var control = ControlParagraph.Parse(paragraph.ToString());
            paragraph.Clear();
            if (control["Status"].EndsWith(" installed", StringComparison.Ordinal))
            {
                names.Add(control["Package"]);
                names.UnionWith(control["Provides"].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(one => one.Split(' ', '(')[0]));
            }
        }

        return names;
    }
}
