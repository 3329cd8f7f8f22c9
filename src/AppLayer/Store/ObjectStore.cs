using System.Globalization;
using AppLayer.Files;
using VirtFoundation.Interop;

namespace AppLayer.Store;

/// <summary>
/// The contents that trees share. A content has an inode for each set of metadata that files with it have (mode, owner, time, attributes), and
/// for each time that one layer has it with the same metadata: in one layer two files never share an inode, as overlayfs would show one for both.
/// Its name is the SHA-256 of the content and a fingerprint of the rest.
/// </summary>
internal sealed class ObjectStore(StorePaths paths, IStoreOperations operations)
{
    private const int PrefixLength = 2;

    private readonly Lock _lock = new();
    private readonly Dictionary<(ContentDigest, ulong), int> _occurrences = [];
    private readonly bool[] _hasDirectory = new bool[256];

    /// <summary>The object that a file of the layer that is being made can share; no other file of the layer gets the same.</summary>
    /// <param name="entry">The file.</param>
    /// <param name="earlier">What was claimed for it before it was read: stays its own, if that was for the content that it has.</param>
    internal ObjectClaim Claim(FileEntry entry, ObjectClaim? earlier = null)
    {
        if (earlier is { } claim && claim.Content == entry.Content)
        {
            return claim;
        }

        var fingerprint = FileMetadata.Fingerprint(entry, 0);
        int occurrence;
        lock (_lock)
        {
            _occurrences.TryGetValue((entry.Content, fingerprint), out occurrence);
            _occurrences[(entry.Content, fingerprint)] = occurrence + 1;
        }

        fingerprint = occurrence == 0 ? fingerprint : FileMetadata.Fingerprint(entry, occurrence);
        var digest = entry.Content.ToString();
        return new(entry.Content, Path.Combine(paths.ObjectsDirectory, digest[..PrefixLength], string.Create(CultureInfo.InvariantCulture, $"{digest}-{fingerprint:x16}")));
    }

    /// <summary>Gives a tree's file the object's inode.</summary>
    /// <returns>False if there is no such object, or it is not what its name says; nothing stands at the path then.</returns>
    internal bool TryShare(string claimed, string path, FileEntry entry)
    {
        if (!operations.Link(claimed, path))
        {
            return false;
        }

        if (Fits(path, entry))
        {
            return true;
        }

        operations.Delete(path);
        return false;
    }

    /// <summary>An object with a content, whatever its metadata.</summary>
    /// <returns>Its path, or null if there is none.</returns>
    internal string? Find(ContentDigest content)
    {
        var digest = content.ToString();
        var directory = Path.Combine(paths.ObjectsDirectory, digest[..PrefixLength]);
        return Directory.Exists(directory) ? Directory.EnumerateFiles(directory, $"{digest}-*").FirstOrDefault() : null;
    }

    /// <summary>Makes a tree's file, which is on the disk by now, an object.</summary>
    internal void Publish(string path, string claimed)
    {
        var directory = Path.GetDirectoryName(claimed)!;
        ref var isThere = ref _hasDirectory[Convert.ToByte(Path.GetFileName(directory), 16)];
        if (!isThere && !Directory.Exists(directory))
        {
            operations.CreateDirectory(directory);
        }

        isThere = true;
        operations.Link(path, claimed);
    }

    /// <summary>Removes objects that no tree shares any more. Nobody makes layers meanwhile.</summary>
    internal (int Objects, long Bytes) Collect(CancellationToken cancellation)
    {
        var (objects, bytes) = (0, 0L);
        if (!Directory.Exists(paths.ObjectsDirectory))
        {
            return default;
        }

        foreach (var path in Directory.EnumerateFiles(paths.ObjectsDirectory, "*", SearchOption.AllDirectories))
        {
            cancellation.ThrowIfCancellationRequested();
            if (LinkCount(path, out var length) == 1)
            {
                operations.Delete(path);
                objects++;
                bytes += length;
            }
        }

        return (objects, bytes);
    }

    private static bool Fits(string path, FileEntry entry)
    {
        if (OperatingSystem.IsWindows())
        {
            return new FileInfo(path).Length == entry.Length;
        }

        var status = StatusOf(path);
        var (seconds, nanoseconds) = UnixTime.From(entry.Modified);
        return status.Type == Statx.RegularType && status.Size == entry.Length && (status.Mode & Statx.PermissionMask) == entry.Mode
            && status.Uid == entry.UserId && status.Gid == entry.GroupId
            && status.Modified.Seconds == seconds && status.Modified.Nanoseconds == nanoseconds;
    }

    private static uint LinkCount(string path, out long length)
    {
        if (OperatingSystem.IsWindows())
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            length = RandomAccess.GetLength(file);
            return Kernel32.GetFileInformationByHandle(file, out var information) ? information.NumberOfLinks : throw new IOException($"'{path}' cannot be looked at.");
        }

        var status = StatusOf(path);
        length = status.Size;
        return status.Links;
    }

    private static Statx StatusOf(string path) =>
        Libc.Statx(Libc.AT_FDCWD, path, Libc.AT_SYMLINK_NOFOLLOW, Libc.STATX_BASIC_STATS, out var status) == 0 ? status : throw UnixError.Last(path);
}
