using VirtEngine.Hosts;
using VirtFoundation.Store;

namespace VirtEngine.Consoles;

/// <summary>
/// The files that keep what a guest wrote to its console in the current run: two, named by the offset of their first byte, of which the older
/// is given up when the newer is full. What the run before wrote is kept as it was left.
/// </summary>
internal static class ConsoleFiles
{
    internal const string Prefix = "console-";
    internal const string Suffix = ".log";

    private const string Previous = "previous.";

    internal static string PathOf(string directory, long offset) => Path.Combine(directory, $"{Prefix}{offset:x12}{Suffix}");

    /// <summary>The files of the current or last run, oldest first.</summary>
    internal static List<(long Offset, string Path)> Find(string directory) =>
    [
        .. Directory.EnumerateFiles(directory, Prefix + "*" + Suffix)
            .Select(path => (Offset: TryOffset(path), Path: path))
            .Where(file => file.Offset is not null)
            .Select(file => (file.Offset!.Value, file.Path))
            .Order(),
    ];

    /// <summary>Puts the last run's files aside, in place of those of the run before it.</summary>
    internal static void PutAside(string directory)
    {
        foreach (var old in Directory.GetFiles(directory, Previous + Prefix + "*" + Suffix))
        {
            File.Delete(old);
        }

        foreach (var (_, path) in Find(directory))
        {
            File.Move(path, Path.Combine(directory, Previous + Path.GetFileName(path)), overwrite: true);
        }
    }

    /// <summary>Everything that is kept of the current or last run.</summary>
    internal static List<ConsolePart> ReadAll(string directory)
    {
        var parts = new List<ConsolePart>();
        foreach (var (offset, path) in Find(directory))
        {
            try
            {
                using var file = RestrictedFiles.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                var content = new byte[file.Length];
                var read = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
                parts.Add(new(offset, content.AsMemory(0, read)));
            }
            catch (FileNotFoundException)
            {
                continue; // Given up in this moment.
            }
        }

        return parts;
    }

    private static long? TryOffset(string path)
    {
        var name = Path.GetFileName(path);
        return long.TryParse(
            name.AsSpan(Prefix.Length, name.Length - Prefix.Length - Suffix.Length), System.Globalization.NumberStyles.AllowHexSpecifier,
            System.Globalization.CultureInfo.InvariantCulture, out var offset)
                ? offset
                : null;
    }
}
