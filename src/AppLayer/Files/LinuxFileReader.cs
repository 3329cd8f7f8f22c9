using System.Runtime.InteropServices;
using System.Text;
using AppLayer.Store;
using Microsoft.Win32.SafeHandles;
using VirtFoundation.Interop;
using VirtSpecs;

namespace AppLayer.Files;

/// <summary>
/// Reads a directory on Linux, one that somebody may be changing with bad intent: everything is opened from the directory's descriptor, and no
/// symbolic link is ever followed (openat2(2)).
/// </summary>
internal sealed unsafe class LinuxFileReader : IDisposable
{
    private const string Overlay = "user.overlay.", TrustedOverlay = "trusted.overlay.", Capability = "security.capability";
    private const ulong Inside = Libc.RESOLVE_BENEATH | Libc.RESOLVE_NO_SYMLINKS | Libc.RESOLVE_NO_MAGICLINKS;
    private const int LongestPlace = 4000, LargestXattr = 1 << 16, LongestTarget = 4096, DirectoryBuffer = 1 << 16, NameOffset = 19;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly string _directory;
    private readonly SafeFileHandle _root;
    private readonly byte[] _buffer = new byte[DirectoryBuffer];
    private readonly LayerPlatform _platform;
    private readonly LayerLayout _layout;
    private readonly List<ScannedFile> _found = [];
    private readonly List<FileProblem> _problems = [];
    private readonly Dictionary<(ulong, ulong), int> _links = [];
    private readonly HashSet<string> _roots = new(StringComparer.Ordinal);

    internal LinuxFileReader(string directory, LayerPlatform platform)
    {
        _directory = directory;
        _platform = platform;
        _layout = LayerLayout.For(platform);
        var descriptor = Libc.Open(directory, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC);
        _root = descriptor >= 0 ? new(descriptor, ownsHandle: true) : throw UnixError.Last(directory);
    }

    private int Root => (int)_root.DangerousGetHandle();

    public void Dispose() => _root.Dispose();

    /// <summary>The names of all extended attributes of what stands at a path.</summary>
    internal static string[] AttributeNames(string path)
    {
        var buffer = new byte[DirectoryBuffer];
        fixed (byte* names = buffer)
        {
            var length = Libc.ListXattr(path, names, DirectoryBuffer);
            return length >= 0
                ? Encoding.UTF8.GetString(buffer, 0, (int)length).Split('\0', StringSplitOptions.RemoveEmptyEntries)
                : throw UnixError.Last(path);
        }
    }

    /// <summary>Reads one file, directory or link alone, without its content. Names of one file are not numbered.</summary>
    /// <param name="directory">The directory that the place is in.</param>
    /// <param name="place">Where, relative to the directory; not the directory itself.</param>
    /// <param name="platform">Whose file it is.</param>
    /// <returns>Null if nothing is there, or nothing that a layer can hold.</returns>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    internal static ScannedFile? TryReadOne(string directory, string place, LayerPlatform platform)
    {
        try
        {
            using var reader = new LinuxFileReader(directory, platform);
            var slash = place.LastIndexOf('/');
            var parent = slash < 0 ? "" : place[..slash];
            using var opened = reader.Open(parent, Libc.O_DIRECTORY);
            _ = reader.Visit(opened, parent, place[(slash + 1)..], xattrWhiteouts: false);
            return reader._found.Count > 0 ? reader._found[0] : null;
        }
        catch (Exception e) when (e is FileNotFoundException or IOException { HResult: Libc.ENOTDIR or Libc.ELOOP })
        {
            return null; // A link or file may stand where a directory stood.
        }
    }

    internal ScannedFiles Scan(CancellationToken cancellation)
    {
        if (Libc.Statx(Root, "", Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, out var status) != 0)
        {
            throw UnixError.Last(_directory);
        }

        var pending = new Stack<(string Place, bool XattrWhiteouts)>();
        var attributes = ReadAttributes($"/proc/self/fd/{Root}/.", "");
        Add("", "", status, attributes, false);
        pending.Push(("", attributes.HoldsWhiteouts));
        while (pending.TryPop(out var next))
        {
            cancellation.ThrowIfCancellationRequested();
            using var directory = Open(next.Place, Libc.O_DIRECTORY);
            foreach (var name in NamesIn(directory, next.Place))
            {
                if (Visit(directory, next.Place, name, next.XattrWhiteouts) is { } below)
                {
                    pending.Push(below);
                }
            }
        }

        return new(_platform, _found, _problems, _links);
    }

    /// <summary>Opens a file for reading; a pipe or device that stands there meanwhile keeps nobody waiting.</summary>
    internal SafeFileHandle OpenFile(string place) => Open(place, Libc.O_NONBLOCK);

    internal Statx StatusOf(SafeFileHandle file, string place) =>
        Libc.Statx((int)file.DangerousGetHandle(), "", Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, out var status) == 0
            ? status
            : throw UnixError.Last($"{_directory}/{place}");

    private SafeFileHandle Open(string place, int flags)
    {
        var descriptor = Libc.OpenAt2(Root, place.Length == 0 ? "." : place, Libc.O_RDONLY | Libc.O_CLOEXEC | flags, Inside);
        return descriptor >= 0 ? new(descriptor, ownsHandle: true) : throw UnixError.Last($"{_directory}/{place}");
    }

    // Names in ordinal order, so that what is found does not depend on the file system.
    private List<string> NamesIn(SafeFileHandle directory, string place)
    {
        var names = new List<string>();
        var seen = _platform == LayerPlatform.Windows ? new HashSet<string>(StringComparer.OrdinalIgnoreCase) : null;
        fixed (byte* buffer = _buffer)
        {
            nint length;
            while ((length = Libc.GetDents64((int)directory.DangerousGetHandle(), buffer, DirectoryBuffer)) > 0)
            {
                for (nint at = 0; at < length; at += *(ushort*)(buffer + at + 16))
                {
                    var bytes = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(buffer + at + NameOffset);
                    if (!bytes.SequenceEqual("."u8) && !bytes.SequenceEqual(".."u8) && TryDecode(bytes, place, "name", out var name))
                    {
                        names.Add(name);
                    }
                }
            }

            if (length < 0)
            {
                throw UnixError.Last($"{_directory}/{place}");
            }
        }

        names.Sort(StringComparer.Ordinal);
        names.RemoveAll(name => !IsUsable(name, place));
        foreach (var name in names)
        {
            if (seen is not null && !seen.Add(name))
            {
                Report(FileProblemKind.Case, Join(place, name), "another name in its directory differs only in case; programs see one of the two");
            }
        }

        return names;
    }

    private (string, bool)? Visit(SafeFileHandle directory, string parent, string name, bool xattrWhiteouts)
    {
        var place = Join(parent, name);
        if (_layout.PathOf(place) is not { } path)
        {
            return null;
        }

        var descriptor = (int)directory.DangerousGetHandle();
        if (Libc.Statx(descriptor, name, Libc.AT_SYMLINK_NOFOLLOW, Libc.STATX_BASIC_STATS, out var status) != 0)
        {
            throw UnixError.Last($"{_directory}/{place}");
        }

        if (Encoding.UTF8.GetByteCount(place) > LongestPlace)
        {
            throw new IOException($"'{_directory}/{place[..100]}…': the path is longer than {LongestPlace} bytes.", Libc.ENOSPC);
        }

        if (!_roots.Add(path))
        {
            Report(FileProblemKind.Root, place, $"another directory stands for {path} already; this one and what is in it are left out");
            return null;
        }

        var isSpecial = status.Type is not (Statx.DirectoryType or Statx.RegularType or Statx.LinkType) && !status.IsWhiteout;
        if (isSpecial)
        {
            Report(FileProblemKind.Special, place, $"a {NameOf(status.Type)} cannot be in a layer; it is left out");
            return null;
        }

        var attributes = status.Type is Statx.DirectoryType or Statx.RegularType
            ? ReadAttributes($"/proc/self/fd/{descriptor}/{name}", place)
            : TreeAttributes.None;
        if (attributes.IsElsewhere)
        {
            Report(FileProblemKind.Incomplete, place, "overlayfs keeps its content or place elsewhere (redirect or metacopy); it is left out");
            return null;
        }

        var isWhiteout = status.IsWhiteout || (xattrWhiteouts && attributes.IsWhiteout && status is { Type: Statx.RegularType, Size: 0 });
        if (status.Type == Statx.LinkType)
        {
            if (ReadTarget(descriptor, name, place) is not { } target)
            {
                return null;
            }

            attributes = attributes with { Target = target };
        }

        Add(path, place, status, attributes, isWhiteout);
        return status.Type == Statx.DirectoryType ? (place, attributes.HoldsWhiteouts) : null;
    }

    private void Add(string path, string place, in Statx status, TreeAttributes attributes, bool isWhiteout)
    {
        if (place.Length == 0)
        {
            if (_layout.PathOf("") is not { } root)
            {
                return; // A Wine prefix: only its drive is content.
            }

            path = root;
        }

        var stamp = FileStamp.Of(status);
        if (isWhiteout)
        {
            _found.Add(new(new() { Path = path, Kind = FileKind.Whiteout }, place, stamp));
            return;
        }

        if (!TryConvert(status.Modified, out var modified))
        {
            Report(FileProblemKind.Time, place, "its time is before 1601; it is taken as unknown");
        }

        var mode = status.Mode & Statx.PermissionMask;
        var isFile = status.Type == Statx.RegularType;
        var isLink = status.Type == Statx.LinkType;
        if (isFile && status.Links > 1)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_links, (stamp.Device, stamp.Inode), out _)++;
        }

        _found.Add(new(new()
        {
            Path = path,
            Kind = isFile ? FileKind.File : isLink ? FileKind.SymbolicLink : FileKind.Directory,
            Opaque = attributes.IsOpaque,
            Modified = modified,
            Attributes = _platform == LayerPlatform.Windows && !isLink
                ? WineAttributes.Of(place.AsSpan(place.LastIndexOf('/') + 1), mode, attributes.Recorded)
                : 0,
            Mode = isLink ? 0 : mode,
            UserId = status.Uid,
            GroupId = status.Gid,
            ExtendedAttributes = attributes.Kept,
            Target = attributes.Target,
            Length = isFile ? status.Size : 0,
        }, place, stamp));
    }

    private TreeAttributes ReadAttributes(string path, string place)
    {
        nint length;
        byte[] names;
        fixed (byte* buffer = _buffer)
        {
            length = Libc.ListXattr(path, buffer, DirectoryBuffer);
            if (length <= 0)
            {
                return length == 0 || Marshal.GetLastPInvokeError() == Libc.EOPNOTSUPP
                    ? TreeAttributes.None
                    : throw UnixError.Last($"{_directory}/{place}");
            }

            names = _buffer.AsSpan(0, (int)length).ToArray();
        }

        var result = TreeAttributes.None;
        List<ExtendedAttribute>? kept = null;
        foreach (var name in Encoding.UTF8.GetString(names).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            if (name.StartsWith(Overlay, StringComparison.Ordinal) || name.StartsWith(TrustedOverlay, StringComparison.Ordinal))
            {
                result = (name[(name.IndexOf('.', name.IndexOf('.', StringComparison.Ordinal) + 1) + 1)..], ReadXattr(path, name, place)) switch
                {
                    ("opaque", [(byte)'y']) => result with { IsOpaque = true },
                    ("opaque", [(byte)'x']) => result with { HoldsWhiteouts = true },
                    ("whiteout", not null) => result with { IsWhiteout = true },
                    ("redirect" or "metacopy", not null) => result with { IsElsewhere = true },
                    _ => result,
                };
            }
            else if (name == Capability || name.StartsWith("user.", StringComparison.Ordinal))
            {
                if (ReadXattr(path, name, place) is not { } value)
                {
                    continue; // Taken away in between.
                }

                if (_platform == LayerPlatform.Windows && name == WineAttributes.Name && WineAttributes.TryParse(value, out var recorded))
                {
                    result = result with { Recorded = recorded };
                }
                else
                {
                    (kept ??= []).Add(new(name, value));
                }
            }
            else if (!name.StartsWith("security.", StringComparison.Ordinal))
            {
                // Labels of the system's security are the system's; an access list is its owner's.
                Report(FileProblemKind.Attribute, place, $"layers do not keep the extended attribute '{name}'");
            }
        }

        kept?.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
        return kept is null ? result : result with { Kept = kept };
    }

    private byte[]? ReadXattr(string path, string name, string place)
    {
        fixed (byte* buffer = _buffer)
        {
            var length = Libc.GetXattr(path, name, buffer, LargestXattr);
            return length >= 0 ? _buffer.AsSpan(0, (int)length).ToArray()
                : Marshal.GetLastPInvokeError() == Libc.ENODATA ? null
                : throw UnixError.Last($"{_directory}/{place} ({name})");
        }
    }

    private string? ReadTarget(int directory, string name, string place)
    {
        fixed (byte* buffer = _buffer)
        {
            var length = Libc.ReadLinkAt(directory, name, buffer, LongestTarget);
            return length < 0 ? throw UnixError.Last($"{_directory}/{place}")
                : TryDecode(_buffer.AsSpan(0, (int)length), place, "link", out var target) ? target : null;
        }
    }

    private bool TryDecode(ReadOnlySpan<byte> bytes, string place, string what, out string text)
    {
        try
        {
            text = Strict.GetString(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            text = Encoding.Latin1.GetString(bytes);
            Report(FileProblemKind.Name, what == "name" ? Join(place, text) : place, $"its {what} is no UTF-8; it is left out");
            return false;
        }
    }

    private bool IsUsable(string name, string place)
    {
        if (_platform != LayerPlatform.Windows || !name.AsSpan().ContainsAny(ManifestPaths.NeverInWindowsNames))
        {
            return true;
        }

        Report(FileProblemKind.Name, Join(place, name), "no name of Windows has a backslash, colon or control character; it is left out");
        return false;
    }

    private void Report(FileProblemKind kind, string place, string message) => _problems.Add(new(kind, place, message));

    private static bool TryConvert(StatxTime time, out FileTime modified)
    {
        var isKnown = UnixTime.TryFrom(time.Seconds, time.Nanoseconds, out modified);
        return isKnown;
    }

    private static string Join(string place, string name) => place.Length == 0 ? name : $"{place}/{name}";

    private static string NameOf(ushort type) => type switch
    {
        Statx.SocketType => "socket",
        Statx.FifoType => "named pipe",
        Statx.BlockType => "block device",
        _ => "character device",
    };
}
