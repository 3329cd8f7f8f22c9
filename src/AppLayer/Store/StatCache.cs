using System.Security.Cryptography;
using System.Text;
using AppLayer.Files;

namespace AppLayer.Store;

/// <summary>
/// What earlier commits learned of a source directory: files' stamps and digests. A file is taken for the same when device, inode, size and both
/// times are; and only such files are noted whose status was last changed <see cref="Margin"/> before they were looked at, so that every later
/// change gives them another time.
/// </summary>
internal sealed class StatCache
{
    /// <summary>More than any file system's clock is coarse (FAT's: 2 s).</summary>
    internal static readonly TimeSpan Margin = TimeSpan.FromSeconds(3);

    private const int Largest = 1 << 28, StampLength = 40, LongestPlace = 1 << 14;

    private readonly Dictionary<string, (FileStamp Stamp, ContentDigest Content)> _files = new(StringComparer.Ordinal);

    private static ReadOnlySpan<byte> Signature => "virttools stat cache 1\n"u8;

    internal int Count => _files.Count;

    /// <summary>Reads a cache; one that is not there, damaged or another directory's is empty.</summary>
    internal static StatCache Read(string path, string source)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var length = RandomAccess.GetLength(file);
            if (length is > SHA256.HashSizeInBytes and <= Largest)
            {
                var content = new byte[length];
                content = content[..RandomAccess.Read(file, content, 0)];
                return Parse(content, source) ?? new();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(); // A cache helps or does not; everything is read then.
        }

        return new();
    }

    /// <summary>The directory that a cache is about.</summary>
    /// <returns>Null if it is no cache.</returns>
    internal static string? SourceOf(string path)
    {
        try
        {
            using var reader = new BinaryReader(File.OpenRead(path), Encoding.UTF8);
            return reader.ReadBytes(Signature.Length).AsSpan().SequenceEqual(Signature) ? reader.ReadString() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    internal bool TryGet(string place, in FileStamp stamp, out ContentDigest content)
    {
        var isKnown = _files.TryGetValue(place, out var known) && known.Stamp == stamp;
        content = known.Content;
        return isKnown;
    }

    /// <summary>Notes a file, if its stamp will tell of every later change.</summary>
    /// <param name="place">Where it is.</param>
    /// <param name="stamp">Its stamp before it was read.</param>
    /// <param name="content">Its digest.</param>
    /// <param name="seen">A time before the stamp was taken.</param>
    internal void Add(string place, in FileStamp stamp, in ContentDigest content, DateTime seen)
    {
        var margin = (seen - Margin - DateTime.UnixEpoch).Ticks * 100;
        if (stamp.Inode != 0 && stamp.Changed < margin)
        {
            _files[place] = (stamp, content);
        }
    }

    /// <summary>Writes the cache. It needs no flush: what is cut off is not believed.</summary>
    internal byte[] ToBytes(string source)
    {
        using var content = new MemoryStream();
        using (var writer = new BinaryWriter(content, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Signature);
            writer.Write(source);
            writer.Write(_files.Count);
            foreach (var (place, (stamp, digest)) in _files)
            {
                writer.Write(place);
                writer.Write(stamp.Device);
                writer.Write(stamp.Inode);
                writer.Write(stamp.Size);
                writer.Write(stamp.Modified);
                writer.Write(stamp.Changed);
                writer.Write(digest);
            }
        }

        content.Write(SHA256.HashData(content.GetBuffer().AsSpan(0, (int)content.Length)));
        return content.ToArray();
    }

    private static StatCache? Parse(byte[] content, string source)
    {
        var body = content.AsSpan(0, content.Length - SHA256.HashSizeInBytes);
        if (!body.StartsWith(Signature) || !SHA256.HashData(body).AsSpan().SequenceEqual(content.AsSpan(body.Length)))
        {
            return null;
        }

        using var reader = new BinaryReader(new MemoryStream(content, Signature.Length, body.Length - Signature.Length), Encoding.UTF8);
        if (reader.ReadString() != source)
        {
            return null;
        }

        var cache = new StatCache();
        var count = reader.ReadInt32();
        cache._files.EnsureCapacity(Math.Min(count, body.Length / StampLength));
        for (var i = 0; i < count; i++)
        {
            var place = reader.ReadString();
            FileStamp stamp = new(reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
            cache._files[place] = (stamp, new(reader.ReadBytes(ContentDigest.Length)));
        }

        return cache;
    }
}
