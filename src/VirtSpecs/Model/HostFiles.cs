namespace VirtSpecs;

/// <summary>Which texts name files of the host, relative to the spec or absolute, where other things may stand too.</summary>
internal static class HostFiles
{
    // What is installed by running or opening it.
    private static readonly HashSet<string> ProgramExtensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".exe", ".msi", ".msp", ".com", ".bat", ".cmd", ".ps1", ".vbs", ".sh", ".run",
    };

    /// <summary>
    /// Whether a path is one of the host: neither below a known root, nor one of Windows' own that is full already, which a Linux host
    /// hands to Wine.
    /// </summary>
    public static bool IsHostPath(string text) =>
        !text.StartsWith('{') && !text.StartsWith(@"\\", StringComparison.Ordinal)
        && !(text.Length > 1 && char.IsAsciiLetter(text[0]) && text[1] == ':');

    /// <summary>Whether a program is a file, rather than a bare name to be looked up.</summary>
    public static bool IsProgram(string text) =>
        IsHostPath(text) && (text.AsSpan().ContainsAny('/', '\\') || ProgramExtensions.Contains(Path.GetExtension(text)));

    /// <summary>Whether a Debian package is a file, rather than a name.</summary>
    public static bool IsPackage(string text) =>
        text.AsSpan().ContainsAny('/', '\\') || text.EndsWith(".deb", StringComparison.Ordinal);
}
