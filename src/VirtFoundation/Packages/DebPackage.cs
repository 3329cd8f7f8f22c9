using System.Formats.Tar;
using System.Text;

namespace VirtFoundation.Packages;

/// <summary>Reads a Debian binary package (deb(5)): an ar archive with a control archive and a data archive, both tar.</summary>
internal static class DebPackage
{
    private const long MaximumFile = 512 << 20;
    private const long MaximumTotal = 2L << 30;
    private const long MaximumUnpacked = 8L << 30;
    private const long MaximumControlArchive = 64 << 20;
    private const int MaximumControl = 1 << 20;

    // Long names and attributes come as headers of their own before the entry that they belong to.
    private const long MaximumHeaders = 1 << 20;
    private const int MaximumEntries = 1_000_000;
    private const int MaximumPath = 4096;

    /// <summary>Reads the control paragraph.</summary>
    /// <exception cref="PackageException">The package is damaged.</exception>
    internal static ControlParagraph ReadControl(string path)
    {
        var control = ReadArchive(path, "control.tar", name => name == "control", MaximumControlArchive).FirstOrDefault()
            ?? throw new PackageException(0, "control.tar", "has no file 'control'");
        if (control.Content.Length > MaximumControl)
            throw new PackageException(0, "control", $"has {control.Content.Length} bytes; at most {MaximumControl} are accepted");
        return ControlParagraph.Parse(Encoding.UTF8.GetString(control.Content));
    }

    /// <summary>Reads the files and links that are wanted, in the package's order.</summary>
    /// <param name="path">The package.</param>
    /// <param name="wanted">Gets a path without a leading slash. It is asked for each before its content is read.</param>
    /// <param name="limit">Bytes that the package may unpack to, wanted or not.</param>
    /// <exception cref="PackageException">The package is damaged, or a path in it leaves its root.</exception>
    internal static IEnumerable<PackageFile> ReadFiles(string path, Func<string, bool> wanted, long limit = MaximumUnpacked) =>
        ReadArchive(path, "data.tar", wanted, limit);

    /// <summary>Reads everything that the package installs, in the package's order.</summary>
    /// <param name="path">The package.</param>
    /// <param name="limit">Bytes that the package may unpack to.</param>
    /// <exception cref="PackageException">The package is damaged, or a path in it leaves its root.</exception>
    internal static IEnumerable<PackageEntry> ReadEntries(string path, long limit = MaximumUnpacked) =>
        ReadArchive(path, "data.tar", limit, ReadEntries);

    /// <summary>The names of the files that the package brings for its installation: <c>control</c>, <c>md5sums</c>, <c>postinst</c> …</summary>
    /// <exception cref="PackageException">The package is damaged.</exception>
    internal static IReadOnlyList<string> ReadControlNames(string path) =>
        [.. ReadArchive(path, "control.tar", MaximumControlArchive, ReadEntries).Where(entry => entry.Kind == PackageEntryKind.File).Select(entry => entry.Path)];

    private static IEnumerable<PackageFile> ReadArchive(string path, string member, Func<string, bool> wanted, long limit) =>
        ReadArchive(path, member, limit, (tar, name) => ReadTar(tar, name, wanted));

    private static IEnumerable<T> ReadArchive<T>(string path, string member, long limit, Func<BoundedStream, string, IEnumerable<T>> read)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var archive = new ArReader(file);
        if (!archive.TryRead(out string name, out var content) || name != "debian-binary") throw new PackageException(8, "debian-binary", "the first member is missing");
        var version = new byte[4];
        if (content.ReadAtLeast(version, 2, throwOnEndOfStream: false) < 2 || version[0] != '2' || version[1] != '.')
            throw new PackageException(68, "debian-binary", "the package's format is not version 2");
        while (archive.TryRead(out name, out content))
        {
            if (!name.StartsWith(member, StringComparison.Ordinal)) continue;
            string extension = name[member.Length..];
            if (!Compression.TryOpen(extension, content, out var unpacked))
                throw new PackageException(file.Position, "ar_name", $"compression '{extension}' is not known here; known are: {string.Join(' ', Compression.Extensions)}");
            using var tar = new BoundedStream(unpacked, limit);
            foreach (var entry in read(tar, name)) yield return entry;
            yield break;
        }
        throw new PackageException(file.Length, member, "the member is missing: the package is truncated");
    }

    private static IEnumerable<PackageFile> ReadTar(BoundedStream tar, string member, Func<string, bool> wanted)
    {
        using var reader = new TarReader(tar);
        long total = 0, rest = 0;
        for (int index = 0; ; index++)
        {
            if (index == MaximumEntries) throw new PackageException(0, member, $"more than {MaximumEntries} entries");
            tar.Expect(rest + MaximumHeaders);
            var entry = Guard(member, () => reader.GetNextEntry());
            if (entry is null) yield break;
            rest = entry.Length;
            string path = Normalize(entry.Name, member);
            bool link = entry.EntryType is TarEntryType.SymbolicLink;
            bool file = entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile;
            if (!link && !file || !wanted(path)) continue;
            total += entry.Length;
            if (entry.Length > MaximumFile || total > MaximumTotal) throw new PackageException(0, member, $"'{path}' has {entry.Length} bytes, more than is accepted");
            tar.Expect(rest);
            var content = new byte[link ? 0 : entry.Length];
            if (content.Length > 0) Guard(member, () => { entry.DataStream!.ReadExactly(content); return true; });
            yield return new PackageFile(path, (int)entry.Mode & 0xFFF, content, link ? entry.LinkName : null);
        }
    }

    private static IEnumerable<PackageEntry> ReadEntries(BoundedStream tar, string member)
    {
        using var reader = new TarReader(tar);
        long total = 0, rest = 0;
        for (int index = 0; ; index++)
        {
            if (index == MaximumEntries) throw new PackageException(0, member, $"more than {MaximumEntries} entries");
            tar.Expect(rest + MaximumHeaders);
            var entry = Guard(member, () => reader.GetNextEntry());
            if (entry is null) yield break;
            rest = entry.Length;
            total += entry.Length;
            string path = Normalize(entry.Name, member);
            if (entry.Length > MaximumFile || total > MaximumTotal) throw new PackageException(0, member, $"'{path}' has {entry.Length} bytes, more than is accepted");
            tar.Expect(rest);
            var kind = KindOf(entry.EntryType);
            yield return new PackageEntry(path, kind)
            {
                Mode = (int)entry.Mode & 0xFFF,
                UserId = (uint)entry.Uid,
                GroupId = (uint)entry.Gid,
                Modified = entry.ModificationTime.UtcDateTime,
                Link = kind == PackageEntryKind.HardLink ? Normalize(entry.LinkName, member) : kind == PackageEntryKind.SymbolicLink ? entry.LinkName : null,
                Length = entry.Length,
                Content = kind == PackageEntryKind.File ? new GuardedStream(entry.DataStream ?? Stream.Null, member) : Stream.Null,
            };
        }
    }

    private static PackageEntryKind KindOf(TarEntryType type) => type switch
    {
        TarEntryType.Directory => PackageEntryKind.Directory,
        TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile => PackageEntryKind.File,
        TarEntryType.SymbolicLink => PackageEntryKind.SymbolicLink,
        TarEntryType.HardLink => PackageEntryKind.HardLink,
        _ => PackageEntryKind.Other,
    };

    /// <summary>Gives the errors of tar and of the decompressors this format's type.</summary>
    private static T Guard<T>(string member, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException and not PackageException or ArgumentException or InvalidOperationException
            or OverflowException)
        {
            throw new PackageException(0, member, $"damaged: {e.Message}");
        }
    }

    /// <summary>A file's content, whose errors are this format's.</summary>
    private sealed class GuardedStream(Stream content, string member) : ForwardStream
    {
        public override long Position
        {
            get => content.Position;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            try
            {
                return content.Read(buffer);
            }
            catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
            {
                throw new PackageException(0, member, $"damaged: {e.Message}");
            }
        }
    }

    private static string Normalize(string name, string member)
    {
        if (name.Length > MaximumPath || name.Contains('\0', StringComparison.Ordinal)) throw new PackageException(0, member, "a path is too long or has a NUL");
        if (name.StartsWith('/')) throw new PackageException(0, member, $"the path '{name}' is absolute");
        var parts = name.Split('/').Where(part => part is not ("" or ".")).ToArray();
        if (parts.Contains("..")) throw new PackageException(0, member, $"the path '{name}' leaves the package's root");
        return string.Join('/', parts);
    }
}
