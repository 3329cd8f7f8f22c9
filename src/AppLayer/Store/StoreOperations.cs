using System.Runtime.InteropServices;
using AppLayer.Files;
using Microsoft.Win32.SafeHandles;
using VirtFoundation.Interop;
using VirtFoundation.Store;

namespace AppLayer.Store;

/// <summary>The file system's own operations.</summary>
internal sealed unsafe class StoreOperations : IStoreOperations
{
    internal static readonly StoreOperations Instance = new();

    private const uint OwnersDirectory = 0x1c0, OwnersFile = 0x180; // 0700, 0600
    private const string Capability = "security.capability";

    private static readonly FileOperations Files = FileOperations.Instance;

    public void CreateDirectory(string path) => Files.CreateDirectory(path);

    public FileStream Create(string path) => Files.Create(path);

    public void Write(FileStream file, ReadOnlySpan<byte> data) => Files.Write(file, data);

    public void Flush(FileStream file) => Files.Flush(file);

    public void Rename(string from, string to) => Files.Rename(from, to);

    public void RenameDirectory(string from, string to) => Files.RenameDirectory(from, to);

    public void FlushDirectory(string path) => Files.FlushDirectory(path);

    public void Delete(string path) => Files.Delete(path);

    public void DeleteDirectory(string path)
    {
        try
        {
            Files.DeleteDirectory(path);
        }
        catch (UnauthorizedAccessException) when (!OperatingSystem.IsWindows())
        {
            // A layer's directories may deny their owner to change them.
            Open(path);
            Files.DeleteDirectory(path);
        }
    }

    public void CreateTreeDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Check(Libc.Mkdir(path, OwnersDirectory), path);
    }

    public SafeFileHandle CreateContent(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);
        }

        var descriptor = Libc.Open(path, Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, OwnersFile);
        return descriptor >= 0 ? new(descriptor, ownsHandle: true) : throw UnixError.Last(path);
    }

    public void WriteContent(SafeFileHandle file, ReadOnlySpan<byte> data, long offset) => RandomAccess.Write(file, data, offset);

    public bool Clone(SafeFileHandle from, SafeFileHandle to) =>
        !OperatingSystem.IsWindows() && Libc.Ioctl(to, Libc.FICLONE, from.DangerousGetHandle()) == 0;

    public bool Link(string from, string to)
    {
        if (OperatingSystem.IsWindows())
        {
            return Kernel32.CreateHardLink(to, from, 0);
        }

        return Linked(Libc.Link(from, to), to);
    }

    public bool Adopt(SafeFileHandle file, string to) => !OperatingSystem.IsWindows()
        && Linked(Libc.LinkAt(Libc.AT_FDCWD, $"/proc/self/fd/{file.DangerousGetHandle()}", Libc.AT_FDCWD, to, Libc.AT_SYMLINK_FOLLOW), to);

    private static bool Linked(int result, string to)
    {
        if (result == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() is Libc.ENOENT or Libc.EMLINK or Libc.EXDEV or Libc.EPERM or Libc.EACCES or Libc.EEXIST or Libc.EOPNOTSUPP
            ? false
            : throw UnixError.Last(to);
    }

    public void CreateSymbolicLink(string path, string target)
    {
        if (OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(path, target);
            return;
        }

        Check(Libc.Symlink(target, path), path);
    }

    public void CreateWhiteout(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            Check(Libc.Mknod(path, Libc.S_IFCHR, 0), path);
        }
    }

    public string? SetMetadata(string path, FileEntry entry)
    {
        if (OperatingSystem.IsWindows())
        {
            SetOnWindows(path, entry);
            return null;
        }

        string? lost = null;
        var isLink = entry.Kind == FileKind.SymbolicLink;
        if (!isLink)
        {
            RemoveForeign(path, entry);
            // Attributes of users need a file that can be written, and so come before its mode; rights go when the owner changes.
            foreach (var attribute in FileMetadata.AttributesOf(entry).Where(attribute => attribute.Name != Capability))
            {
                Set(path, attribute);
            }
        }

        if (Libc.Lchown(path, entry.UserId, entry.GroupId) != 0)
        {
            lost = Marshal.GetLastPInvokeError() is Libc.EPERM or Libc.EINVAL
                ? $"the owner {entry.UserId}:{entry.GroupId} cannot be given here" : throw UnixError.Last(path);
        }

        if (!isLink)
        {
            Check(Libc.Chmod(path, (uint)entry.Mode), path);
            if (entry.ExtendedAttributes.FirstOrDefault(attribute => attribute.Name == Capability) is { } capability && !TrySet(path, capability))
            {
                lost = Marshal.GetLastPInvokeError() is Libc.EPERM or Libc.EINVAL or Libc.EOPNOTSUPP
                    ? "its capabilities cannot be given here" : throw UnixError.Last(path);
            }
        }

        var (seconds, nanoseconds) = UnixTime.From(entry.Modified);
        var times = stackalloc Libc.Timespec[] { new() { Nanoseconds = Libc.UTIME_OMIT }, new() { Seconds = seconds, Nanoseconds = nanoseconds } };
        Check(Libc.Utimensat(Libc.AT_FDCWD, path, times, Libc.AT_SYMLINK_NOFOLLOW), path);
        return lost;
    }

    public void FlushFileSystem(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            foreach (var path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
            {
                using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
                RandomAccess.FlushToDisk(file);
            }

            return;
        }

        var descriptor = Libc.Open(directory, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC);
        if (descriptor < 0)
        {
            throw UnixError.Last(directory);
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        Check(Libc.Syncfs(descriptor), directory);
    }

    private static void SetOnWindows(string path, FileEntry entry)
    {
        if (entry.Kind == FileKind.SymbolicLink)
        {
            return;
        }

        FileSystemInfo info = entry.Kind == FileKind.Directory ? new DirectoryInfo(path) : new FileInfo(path);
        if (entry.Created.TryToDateTime(out var created))
        {
            info.CreationTimeUtc = created;
        }

        if (entry.Modified.TryToDateTime(out var modified))
        {
            info.LastWriteTimeUtc = modified;
        }

        info.Attributes = entry.Attributes | (entry.Kind == FileKind.Directory ? FileAttributes.Directory : 0);
    }

    // A file that was taken over has what its overlay noted on it.
    private static void RemoveForeign(string path, FileEntry entry)
    {
        var names = stackalloc byte[1];
        if (Libc.ListXattr(path, names, 0) <= 0)
        {
            return;
        }

        var wanted = FileMetadata.AttributesOf(entry).Select(attribute => attribute.Name).ToHashSet();
        foreach (var name in LinuxFileReader.AttributeNames(path))
        {
            var isOurs = name.StartsWith("user.", StringComparison.Ordinal) || name.StartsWith("trusted.overlay.", StringComparison.Ordinal);
            if (isOurs && !wanted.Contains(name))
            {
                Check(Libc.RemoveXattr(path, name), path);
            }
        }
    }

    private static void Set(string path, ExtendedAttribute attribute)
    {
        if (!TrySet(path, attribute))
        {
            throw UnixError.Last($"{path} ({attribute.Name})");
        }
    }

    private static bool TrySet(string path, ExtendedAttribute attribute)
    {
        fixed (byte* value = attribute.Value.Span)
        {
            return Libc.SetXattr(path, attribute.Name, value, (nuint)attribute.Value.Length, 0) == 0;
        }
    }

    private static void Open(string path)
    {
        Check(Libc.Chmod(path, OwnersDirectory), path);
        foreach (var below in new DirectoryInfo(path).EnumerateDirectories())
        {
            if (below.LinkTarget is null)
            {
                Open(below.FullName);
            }
        }
    }

    private static void Check(int result, string path)
    {
        if (result != 0)
        {
            throw UnixError.Last(path);
        }
    }
}
