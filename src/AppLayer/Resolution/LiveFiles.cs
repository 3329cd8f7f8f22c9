using System.Runtime.InteropServices;
using System.Text;
using AppLayer.Files;
using Microsoft.Win32.SafeHandles;
using VirtFoundation;
using VirtFoundation.Interop;
using VirtSpecs;

namespace AppLayer.Resolution;

/// <summary>
/// What is in a directory now: the base, or a writable layer. Nothing is read that isn't asked for, and no link in it is followed, whoever
/// made it.
/// </summary>
internal sealed unsafe class LiveFiles(string root, LayerPlatform platform) : IFileSource
{
    private const string OpaqueMark = "user.overlay.opaque";
    private const int LongestTarget = 4096;
    private const ulong Inside = Libc.RESOLVE_BENEATH | Libc.RESOLVE_NO_SYMLINKS | Libc.RESOLVE_NO_MAGICLINKS;

    /// <inheritdoc/>
    /// <exception cref="VirtException">It can't be read.</exception>
    public SourceFile? Find(string directory, string name)
    {
        var place = Place.Join(directory, name);
        if (Read(place) is { } entry)
        {
            return new(place, entry);
        }

        // A name that differs only in case is found where the exact one isn't, as Wine and Windows do.
        return platform == LayerPlatform.Windows
            && NamesIn(directory).FirstOrDefault(other => other.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } spelled
            && Read(place = Place.Join(directory, spelled)) is { } found
            ? new(place, found)
            : null;
    }

    /// <inheritdoc/>
    public IEnumerable<string> NamesIn(string directory)
    {
        if (Read(directory) is not { Kind: FileKind.Directory })
        {
            return [];
        }

        try
        {
            return [.. Directory.EnumerateFileSystemEntries(Place.On(root, directory)).Select(path => Path.GetFileName(path))];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (UnauthorizedAccessException)
        {
            return []; // What this user can't list, the application can't either.
        }
    }

    private FileEntry? Read(string place) => OperatingSystem.IsWindows() ? ReadPlain(place) : ReadLinux(place);

    private FileEntry? ReadPlain(string place)
    {
        FileSystemInfo info = new DirectoryInfo(Place.On(root, place));
        info = info.Exists ? info : new FileInfo(info.FullName);
        if (!info.Exists)
        {
            return null;
        }

        return new()
        {
            Path = place,
            Kind = info.LinkTarget is not null ? FileKind.SymbolicLink : info is DirectoryInfo ? FileKind.Directory : FileKind.File,
            Modified = FileTime.From(info.LastWriteTimeUtc),
            Created = FileTime.From(info.CreationTimeUtc),
            Attributes = info.Attributes & (FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReadOnly | FileAttributes.Archive),
            Target = info.LinkTarget,
            Length = info is FileInfo file ? file.Length : 0,
        };
    }

    private FileEntry? ReadLinux(string place)
    {
        using var start = Libc.OpenHandle(root, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC);
        if (start.IsInvalid)
        {
            return Missing("", Marshal.GetLastPInvokeError());
        }

        var descriptor = Libc.OpenAt2((int)start.DangerousGetHandle(), place.Length == 0 ? "." : place, Libc.O_PATH | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, Inside);
        if (descriptor < 0)
        {
            return Missing(place, Marshal.GetLastPInvokeError());
        }

        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Libc.Statx(descriptor, "", Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, out var status) != 0)
        {
            throw VirtException.Storage($"'{Place.On(root, place)}' cannot be read", UnixError.Last(place));
        }

        UnixTime.TryFrom(status.Modified.Seconds, status.Modified.Nanoseconds, out var modified);
        return status.IsWhiteout ? new() { Path = place, Kind = FileKind.Whiteout } : new()
        {
            Path = place,
            Kind = status.Type switch
            {
                Statx.DirectoryType => FileKind.Directory,
                Statx.LinkType => FileKind.SymbolicLink,
                _ => FileKind.File,
            },
            Opaque = status.Type == Statx.DirectoryType && IsOpaque(descriptor),
            Modified = modified,
            Mode = status.Type == Statx.LinkType ? 0 : status.Mode & Statx.PermissionMask,
            UserId = status.Uid,
            GroupId = status.Gid,
            Target = status.Type == Statx.LinkType ? ReadTarget(descriptor, place) : null,
            Length = status.Type == Statx.RegularType ? status.Size : 0,
        };
    }

    // What can't be reached is not there: nothing, a file or a link on the way, or a directory that is closed to this user.
    private FileEntry? Missing(string place, int error) => error is Libc.ENOENT or Libc.ENOTDIR or Libc.ELOOP or Libc.EACCES
        ? null
        : throw VirtException.Storage($"'{Place.On(root, place)}' cannot be read", UnixError.Of(error, place));

    private static bool IsOpaque(int descriptor)
    {
        byte value;
        return Libc.GetXattr($"/proc/self/fd/{descriptor}/.", OpaqueMark, &value, 1) == 1 && value == (byte)'y';
    }

    private string ReadTarget(int descriptor, string place)
    {
        var buffer = stackalloc byte[LongestTarget];
        var length = Libc.ReadLinkAt(descriptor, "", buffer, LongestTarget);
        return length >= 0
            ? Encoding.UTF8.GetString(buffer, (int)length)
            : throw VirtException.Storage($"'{Place.On(root, place)}' cannot be read", UnixError.Last(place));
    }
}
