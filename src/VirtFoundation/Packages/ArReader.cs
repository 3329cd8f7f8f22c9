using System.Globalization;
using System.Text;

namespace VirtFoundation.Packages;

/// <summary>Reads the members of an ar archive, one after the other, as deb(5) uses it.</summary>
internal sealed class ArReader
{
    private const int HeaderSize = 60;
    private readonly Stream _stream;
    private long _next = 8;

    /// <exception cref="PackageException">The stream is no ar archive.</exception>
    internal ArReader(Stream stream)
    {
        _stream = stream;
        Span<byte> magic = stackalloc byte[8];
        if (stream.ReadAtLeast(magic, 8, throwOnEndOfStream: false) < 8 || !magic.SequenceEqual("!<arch>\n"u8))
            throw new PackageException(0, "magic", "no Debian package: '!<arch>' is missing");
    }

    /// <summary>Goes to the next member.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="PackageException">A header is damaged, or the member is cut off.</exception>
    internal bool TryRead(out string name, out SubStream content)
    {
        name = "";
        content = null!;
        if (_next >= _stream.Length) return false;
        _stream.Position = _next;
        Span<byte> header = stackalloc byte[HeaderSize];
        if (_stream.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize) throw new PackageException(_next, "ar header", "cut off");
        if (header[58] != '`' || header[59] != '\n') throw new PackageException(_next + 58, "ar_fmag", "missing");
        if (!long.TryParse(Encoding.ASCII.GetString(header[48..58]).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long size))
            throw new PackageException(_next + 48, "ar_size", "no number");
        name = Encoding.ASCII.GetString(header[..16]).TrimEnd(' ').TrimEnd('/');
        long start = _next + HeaderSize;
        if (size > _stream.Length - start) throw new PackageException(_next + 48, "ar_size", $"{name} has {size} bytes, but only {_stream.Length - start} follow: truncated");
        content = new SubStream(_stream, start, size);
        _next = start + size + (size & 1);
        return true;
    }
}
