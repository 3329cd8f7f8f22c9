using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using AppLayer.Files;
using Microsoft.Win32.SafeHandles;
using VirtFoundation.Interop;

namespace AppLayer.Footprint;

/// <summary>
/// A walk by directories' descriptors and names of bytes. Links are not followed, and other file systems are not entered: their mount
/// points are told alone.
/// </summary>
internal sealed unsafe class LinuxWalk : IDirectoryWalk
{
    // Immutable, append only, no dump, compressed, encrypted, verity, DAX, and the root of a mount (statx(2), stx_attributes).
    private const ulong KeptAttributes = 0x10 | 0x20 | 0x40 | 0x4 | 0x800 | 0x10_0000 | 0x20_0000 | Libc.STATX_ATTR_MOUNT_ROOT;
    private const int LongestTarget = 4096;
    private const int LargestAttribute = 1 << 16;
    private const int DeepestDirectory = 1024;
    private const int StatFlags = Libc.AT_SYMLINK_NOFOLLOW;

    // Clocks of file systems tick by jiffies, up to 10 ms; FAT's by 2 s.
    private static readonly long Recent = 3_000_000_000;

    private readonly byte[] _scratch = GC.AllocateUninitializedArray<byte>(LargestAttribute, pinned: true);
    private readonly byte[] _entries = GC.AllocateUninitializedArray<byte>(1 << 16, pinned: true);

    public void Run(FootprintPlace place, DigestRule digests, Action<ObservedFile> visit, CancellationToken cancellation)
    {
        using var digester = new FileDigester();
        var now = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
        var prefix = place.Path == "/" ? 0 : Encoding.UTF8.GetByteCount(place.Path);
        var excluded = place.Excluded.Select(path => Convert.ToHexString(Encoding.UTF8.GetBytes(path).AsSpan(Math.Min(prefix + 1, Encoding.UTF8.GetByteCount(path)))))
            .ToHashSet();
        uint major = 0, minor = 0;
        Visit(Libc.AT_FDCWD, [.. Encoding.UTF8.GetBytes(place.Path), 0], [], 0);

        void Visit(int directory, byte[] name, byte[] path, int depth)
        {
            cancellation.ThrowIfCancellationRequested();
            Statx status;
            fixed (byte* n = name)
            {
                if (Libc.Statx(directory, n, StatFlags, Libc.STATX_BASIC_STATS, out status) != 0)
                {
                    if (HasVanished())
                    {
                        return;
                    }

                    throw Failure(place, path);
                }
            }

            if (depth > DeepestDirectory)
            {
                throw new IOException($"'{place.Path}' has directories more than {DeepestDirectory} deep.");
            }

            if (depth == 0)
            {
                (major, minor) = (status.DeviceMajor, status.DeviceMinor);
            }

            var kind = KindOf(status.Mode);
            var isEntered = kind == ObservedKind.Directory && (status.DeviceMajor, status.DeviceMinor) == (major, minor);
            var (descriptor, unreadable) = isEntered ? Open(directory, name, Libc.O_DIRECTORY) : (-1, null);
            try
            {
                ContentDigest? content = null;
                if (kind == ObservedKind.File
                    && (digests == DigestRule.All || (digests == DigestRule.Recent && now - Math.Max(Nanoseconds(status.Modified), Nanoseconds(status.Changed)) < Recent)))
                {
                    (descriptor, unreadable) = Open(directory, name, Libc.O_NONBLOCK);
                    if (descriptor >= 0)
                    {
                        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
                        descriptor = -1;
                        content = digester.Digest(file, cancellation);
                    }
                }

                if (unreadable == Libc.ENOENT)
                {
                    return;
                }

                visit(new()
                {
                    Path = path,
                    Kind = kind,
                    Mode = status.Mode & 0xfff,
                    UserId = status.Uid,
                    GroupId = status.Gid,
                    Attributes = status.Attributes & KeptAttributes,
                    Modified = Nanoseconds(status.Modified),
                    Changed = Nanoseconds(status.Changed),
                    Inode = status.Inode,
                    Links = kind == ObservedKind.Directory ? 0 : status.Links,
                    Length = kind switch
                    {
                        ObservedKind.File => (ulong)status.Size,
                        ObservedKind.CharacterDevice or ObservedKind.BlockDevice => ((ulong)status.DeviceTypeMajor << 32) | status.DeviceTypeMinor,
                        _ => 0,
                    },
                    Target = kind == ObservedKind.SymbolicLink ? ReadLink(directory, name) : null,
                    ExtendedAttributes = ReadAttributes(directory, name),
                    Content = content,
                    Unreadable = unreadable is { } error ? Marshal.GetPInvokeErrorMessage(error) : null,
                });
                if (descriptor < 0)
                {
                    return;
                }

                foreach (var child in ReadNames(descriptor, place, path))
                {
                    byte[] below = path.Length == 0 ? child[..^1] : [.. path, (byte)'/', .. child.AsSpan(..^1)];
                    if (excluded.Count == 0 || !excluded.Contains(Convert.ToHexString(below)))
                    {
                        Visit(descriptor, child, below, depth + 1);
                    }
                }
            }
            finally
            {
                if (descriptor >= 0)
                {
                    _ = Libc.Close(descriptor);
                }
            }
        }
    }

    internal static long Nanoseconds(in StatxTime time) => (time.Seconds * 1_000_000_000) + time.Nanoseconds;

    private static ObservedKind KindOf(ushort mode) => (ushort)(mode & Statx.TypeMask) switch
    {
        Statx.DirectoryType => ObservedKind.Directory,
        Statx.RegularType => ObservedKind.File,
        Statx.LinkType => ObservedKind.SymbolicLink,
        Statx.CharacterType => ObservedKind.CharacterDevice,
        Statx.BlockType => ObservedKind.BlockDevice,
        Statx.FifoType => ObservedKind.Fifo,
        _ => ObservedKind.Socket,
    };

    private static (int Descriptor, int? Error) Open(int directory, byte[] name, int flags)
    {
        fixed (byte* n = name)
        {
            var descriptor = Libc.OpenAt(directory, n, Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_CLOEXEC | flags, 0);
            return descriptor >= 0 ? (descriptor, null)
                : Marshal.GetLastPInvokeError() is Libc.EACCES or Libc.EPERM ? (-1, Marshal.GetLastPInvokeError())
                : HasVanished() ? (-1, Libc.ENOENT)
                : throw new IOException($"'{Text(name.AsSpan(..^1))}' cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>Whether a failed call says that what had the name a moment ago is gone, or is something else now.</summary>
    private static bool HasVanished() => Marshal.GetLastPInvokeError() is Libc.ENOENT or Libc.ENOTDIR or Libc.ELOOP or Libc.ESTALE;

    private static IOException Failure(FootprintPlace place, byte[] path) =>
        new($"'{place.Path}/{Text(path)}' cannot be looked at: {Marshal.GetLastPInvokeErrorMessage()}");

    private static string Text(ReadOnlySpan<byte> name) => ByteText.ToText(name);

    /// <summary>The names in a directory, each with a NUL at its end, in the order of their bytes.</summary>
    private List<byte[]> ReadNames(int descriptor, FootprintPlace place, byte[] path)
    {
        const int LengthOffset = 16, NameOffset = 19; // struct linux_dirent64: d_ino, d_off, d_reclen, d_type, d_name (getdents(2))
        var names = new List<byte[]>();
        fixed (byte* buffer = _entries)
        {
            while (true)
            {
                var size = (int)Libc.GetDents64(descriptor, buffer, (nuint)_entries.Length);
                if (size < 0 && !HasVanished())
                {
                    throw Failure(place, path);
                }

                if (size <= 0)
                {
                    break;
                }

                for (int at = 0; at < size;)
                {
                    int length = MemoryMarshal.Read<ushort>(_entries.AsSpan(at + LengthOffset));
                    var name = _entries.AsSpan((at + NameOffset)..(at + length));
                    name = name[..(name.IndexOf((byte)0) + 1)];
                    if (!name.SequenceEqual(".\0"u8) && !name.SequenceEqual("..\0"u8))
                    {
                        names.Add(name.ToArray());
                    }

                    at += length;
                }
            }
        }

        // The NULs are lower than all else, so they change nothing in the order.
        names.Sort(static (a, b) => a.AsSpan().SequenceCompareTo(b));
        return names;
    }

    private static byte[] ReadLink(int directory, byte[] name)
    {
        var target = new byte[LongestTarget];
        fixed (byte* n = name, t = target)
        {
            var length = Libc.ReadLinkAt(directory, n, t, (nuint)target.Length);
            return length < 0 ? [] : target[..(int)length];
        }
    }

    private List<(string Name, ContentDigest Value)> ReadAttributes(int directory, byte[] name)
    {
        // There is no call for attributes by a directory's descriptor before Linux 6.13; the descriptor's own path serves.
        byte[] path = directory == Libc.AT_FDCWD ? name
            : [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{directory}/")), .. name];
        fixed (byte* p = path, buffer = _scratch)
        {
            var size = (int)Libc.ListXattr(p, buffer, (nuint)_scratch.Length);
            if (size <= 0)
            {
                return []; // None, a file system without them, or gone.
            }

            var found = new List<(string, ContentDigest)>();
            foreach (var attribute in Encoding.UTF8.GetString(_scratch, 0, size).Split('\0', StringSplitOptions.RemoveEmptyEntries))
            {
                fixed (byte* n = (byte[])[.. Encoding.UTF8.GetBytes(attribute), 0])
                {
                    var length = (int)Libc.GetXattr(p, n, buffer, (nuint)_scratch.Length);
                    if (length >= 0)
                    {
                        found.Add((attribute, ContentDigest.Of(_scratch.AsSpan(0, length))));
                    }
                }
            }

            found.Sort(static (a, b) => string.CompareOrdinal(a.Item1, b.Item1));
            return found;
        }
    }
}
