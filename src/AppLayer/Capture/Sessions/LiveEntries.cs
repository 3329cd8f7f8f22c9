using AppLayer.Files;
using Microsoft.Win32.SafeHandles;
using VirtSpecs;

namespace AppLayer.Capture.Sessions;

/// <summary>Reads single files of a live system as entries.</summary>
/// <param name="root">The directory that their places are relative to.</param>
/// <param name="platform">Whose files they are.</param>
internal sealed class LiveEntries(string root, LayerPlatform platform)
{
    private const FileAttributes Kept = FileAttributes.ReadOnly | FileAttributes.Hidden | FileAttributes.System
        | FileAttributes.Archive | FileAttributes.NotContentIndexed;

    /// <summary>Reads what stands at a place, without its content.</summary>
    /// <param name="place">Where, relative to the root and below it.</param>
    /// <param name="path">The token path that the entry gets.</param>
    /// <returns>Null if nothing is there, or nothing that a layer can hold.</returns>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    internal FileEntry? TryRead(string place, string path) =>
        (OperatingSystem.IsWindows() ? ReadOnWindows(place) : ReadOnLinux(place)) is { } entry ? entry with { Path = path, HardLink = 0 } : null;

    /// <summary>Opens a file's content; a link that stands there meanwhile is not followed out of the root's tree.</summary>
    internal SafeFileHandle Open(string place)
    {
        if (OperatingSystem.IsWindows())
        {
            return File.OpenHandle(Path.Combine(root, place), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }

        using var reader = new LinuxFileReader(root, platform);
        return reader.OpenFile(place);
    }

    private FileEntry? ReadOnLinux(string place) => LinuxFileReader.TryReadOne(root, place, platform)?.Entry;

    private FileEntry? ReadOnWindows(string place)
    {
        var path = Path.Combine(root, place);
        FileSystemInfo info = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        return !info.Exists ? null : new()
        {
            Path = place,
            Kind = info.LinkTarget is not null ? FileKind.SymbolicLink : info is DirectoryInfo ? FileKind.Directory : FileKind.File,
            Modified = FileTime.From(info.LastWriteTimeUtc),
            Created = FileTime.From(info.CreationTimeUtc),
            Attributes = info.Attributes & Kept,
            Target = info.LinkTarget,
        };
    }
}
