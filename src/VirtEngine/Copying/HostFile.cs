using System.Buffers;
using VirtFoundation.Interop;

namespace VirtEngine.Copying;

/// <summary>What is to be known of this computer's files before they are opened.</summary>
internal static class HostFile
{
    private static readonly SearchValues<char> Forbidden = SearchValues.Create(Path.GetInvalidFileNameChars());

    private static readonly string[] Devices =
        ["CON", "PRN", "AUX", "NUL", .. Enumerable.Range(0, 10).SelectMany(number => (string[])[$"COM{number}", $"LPT{number}"])];

    /// <summary>Whether it is a file, or a link to one: a pipe would keep its reader waiting, a device would never end.</summary>
    internal static bool IsRegular(string path) => !OperatingSystem.IsLinux()
        || (Libc.Statx(Libc.AT_FDCWD, path, 0, Libc.STATX_BASIC_STATS, out var found) == 0
            && (found.Mode & Statx.TypeMask) == Statx.RegularType);

    /// <summary>A file's permissions; where there are none, its owner's to write and everybody's to read.</summary>
    internal static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows()
        ? UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead
        : File.GetUnixFileMode(path);

    /// <summary>Whether a file can have a name here, as one part of a path that leads nowhere else.</summary>
    internal static bool IsName(string name) =>
        name is not ("" or "." or "..") && !name.AsSpan().ContainsAny(Forbidden)
        && (!OperatingSystem.IsWindows() || IsWindowsName(name));

    private static bool IsWindowsName(string name) =>
        name[^1] is not ('.' or ' ') && !Devices.Contains(name.Split('.')[0].TrimEnd(), StringComparer.OrdinalIgnoreCase);
}
