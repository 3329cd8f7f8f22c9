using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using VirtEngine.Packages.Xz;

namespace VirtEngine.Packages;

/// <summary>Reads a Debian binary package (deb(5)): an ar archive with a control archive and a data archive, both tar.</summary>
internal static class DebPackage
{
    private const long MaximumFile = 512 << 20;
    private const long MaximumTotal = 2L << 30;
    private const int MaximumEntries = 1_000_000;
    private const int MaximumPath = 4096;

    /// <summary>Reads the control paragraph.</summary>
    /// <exception cref="PackageException">The package is damaged.</exception>
    internal static ControlParagraph ReadControl(string path)
    {
        var control = ReadArchive(path, "control.tar", name => name == "control").FirstOrDefault()
            ?? throw new PackageException(0, "control.tar", "has no file 'control'");
        return ControlParagraph.Parse(Encoding.UTF8.GetString(control.Content));
    }

    /// <summary>Reads the files and links that are wanted, in the package's order.</summary>
    /// <param name="path">The package.</param>
    /// <param name="wanted">Gets a path without a leading slash. It is asked for each before its content is read.</param>
    /// <exception cref="PackageException">The package is damaged, or a path in it leaves its root.</exception>
    internal static IEnumerable<PackageFile> ReadFiles(string path, Func<string, bool> wanted) => ReadArchive(path, "data.tar", wanted);

    private static IEnumerable<PackageFile> ReadArchive(string path, string member, Func<string, bool> wanted)
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
            using var tar = Decompress(content, name[member.Length..], file.Position);
            foreach (var entry in ReadTar(tar, name, wanted)) yield return entry;
            yield break;
        }
        throw new PackageException(file.Length, member, "the member is missing: the package is truncated");
    }

    private static Stream Decompress(Stream content, string extension, long offset) => extension switch
    {
        "" => content,
        ".gz" => new GZipStream(content, CompressionMode.Decompress),
        ".xz" => new XzStream(content),
        _ => throw new PackageException(offset, "ar_name", $"compression '{extension}' is not known here; gzip and xz are"),
    };

    private static IEnumerable<PackageFile> ReadTar(Stream tar, string member, Func<string, bool> wanted)
    {
        using var reader = new TarReader(tar);
        long total = 0;
        for (int index = 0; ; index++)
        {
            if (index == MaximumEntries) throw new PackageException(0, member, $"more than {MaximumEntries} entries");
            var entry = Guard(member, () => reader.GetNextEntry());
            if (entry is null) yield break;
            string path = Normalize(entry.Name, member);
            bool link = entry.EntryType is TarEntryType.SymbolicLink;
            bool file = entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile;
            if (!link && !file || !wanted(path)) continue;
            total += entry.Length;
            if (entry.Length > MaximumFile || total > MaximumTotal) throw new PackageException(0, member, $"'{path}' has {entry.Length} bytes, more than is accepted");
            var content = new byte[link ? 0 : entry.Length];
            if (content.Length > 0) Guard(member, () => { entry.DataStream!.ReadExactly(content); return true; });
            yield return new PackageFile(path, (int)entry.Mode & 0xFFF, content, link ? entry.LinkName : null);
        }
    }

    /// <summary>Gives the errors of tar and of the decompressors this format's type.</summary>
    private static T Guard<T>(string member, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException and not PackageException or ArgumentException or OverflowException)
        {
            throw new PackageException(0, member, $"damaged: {e.Message}");
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
