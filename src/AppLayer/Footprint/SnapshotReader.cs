using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AppLayer.Files;
using AppLayer.Registry;
using VirtFoundation;
using VirtFoundation.Formats;

namespace AppLayer.Footprint;

/// <summary>Reads a snapshot's file from its beginning to its end, where the digest must be right.</summary>
internal sealed class SnapshotReader : IDisposable
{
    private const int LargestHeader = 1 << 20;
    private const int LongestPath = 1 << 20;
    private const int LongestText = 1 << 18;
    private const int MostAttributes = 1 << 16;
    private const int BlockSize = 1 << 16;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly Stream _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _block = new byte[BlockSize];
    private long _blockOffset;
    private int _at, _end;
    private long _records;
    private SnapshotRecord? _last;

    /// <summary>Reads the header.</summary>
    /// <exception cref="FootprintException">It is no snapshot.</exception>
    /// <exception cref="VirtException">A newer version wrote it.</exception>
    internal SnapshotReader(Stream file)
    {
        _file = file;
        Span<byte> signature = stackalloc byte[SnapshotWriter.Signature.Length];
        Read(signature, "signature");
        if (!signature.SequenceEqual(SnapshotWriter.Signature))
        {
            throw new FootprintException(0, "signature", "this is no snapshot of a footprint");
        }

        Header = ReadHeader();
        Places = [.. Header.ToPlaces()];
    }

    internal SnapshotHeader Header { get; }

    internal IReadOnlyList<FootprintPlace> Places { get; }

    /// <summary>The last record read; meaningful after <see cref="MoveNext"/> gave true.</summary>
    internal SnapshotRecord Current => _last!.Value;

    private long Offset => _blockOffset + _at;

    /// <summary>Reads the next record.</summary>
    /// <returns>False at the end, when all was as it was written.</returns>
    /// <exception cref="FootprintException">The file is damaged.</exception>
    internal bool MoveNext()
    {
        var offset = Offset;
        var tag = (SnapshotTag)ReadByte("tag");
        if (tag == SnapshotTag.End)
        {
            ReadEnd(offset);
            return false;
        }

        var place = ReadCount("place", Places.Count - 1);
        SnapshotRecord record = new(place, tag switch
        {
            SnapshotTag.File => ReadFile(),
            SnapshotTag.Key => ReadKey(),
            SnapshotTag.Value => ReadValue(),
            _ => throw new FootprintException(offset, "tag", $"{(byte)tag} is not known"),
        });
        if (_last is { } last && SnapshotRecord.Compare(last, record) > 0)
        {
            throw new FootprintException(offset, "path", "the record is not in its order");
        }

        _last = record;
        _records++;
        return true;
    }

    public void Dispose()
    {
        _hash.Dispose();
        _file.Dispose();
    }

    private SnapshotHeader ReadHeader()
    {
        var offset = Offset;
        var content = ReadBytes("header", LargestHeader);
        try
        {
            // A newer version may have another form: its number is read alone first.
            using var document = JsonDocument.Parse(content);
            if (document.RootElement.GetProperty("formatVersion").GetInt32() is var version && version > SnapshotHeader.CurrentVersion)
            {
                throw new VirtException(
                    VirtErrorCode.StateFileTooNew,
                    $"The snapshot has format version {version}; this version of VirtTools knows versions up to {SnapshotHeader.CurrentVersion}.");
            }

            var header = JsonSerializer.Deserialize(content, SnapshotJson.Default.SnapshotHeader) ?? throw new JsonException("it is empty");
            _ = header.ToPlaces().Count();
            return header;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException
            || (e is FormatException and not MalformedDataException))
        {
            throw new FootprintException(offset, "header", e.Message);
        }
    }

    private ObservedFile ReadFile()
    {
        var path = ReadBytes("path", LongestPath);
        var kind = (ObservedKind)ReadByte("kind");
        if (kind > ObservedKind.Socket)
        {
            throw new FootprintException(Offset - 1, "kind", $"{(byte)kind} is not known");
        }

        return new()
        {
            Path = path,
            Kind = kind,
            Mode = ReadCount("mode", 0xfff),
            UserId = (uint)ReadFixed("uid", sizeof(uint)),
            GroupId = (uint)ReadFixed("gid", sizeof(uint)),
            Attributes = ReadNumber("attributes"),
            Modified = (long)ReadFixed("modified", sizeof(long)),
            Changed = (long)ReadFixed("changed", sizeof(long)),
            Length = ReadNumber("length"),
            Inode = ReadNumber("inode"),
            Links = (uint)ReadNumber("links"),
            Target = ReadBoolean("hasTarget") ? ReadBytes("target", LongestPath) : null,
            ExtendedAttributes = ReadAttributes(),
            Content = ReadBoolean("hasContent") ? ReadDigest("content") : null,
            Unreadable = ReadBoolean("isUnreadable") ? ReadText("unreadable") : null,
        };
    }

    private ObservedKey ReadKey()
    {
        var path = ReadName("key");
        var isLink = ReadBoolean("isLink");
        return new(path, ReadBoolean("hasClass") ? ReadName("class") : null, isLink);
    }

    private ObservedValue ReadValue() => new(
        ReadName("key"),
        ReadName("name"),
        (RegistryValueType)ReadNumber("type"),
        ReadCount("length", int.MaxValue),
        ReadBytes("start", ObservedValue.LongestStart),
        ReadDigest("digest"));

    private List<(string, ContentDigest)> ReadAttributes()
    {
        var count = ReadCount("attributes", MostAttributes);
        var attributes = new List<(string, ContentDigest)>();
        for (var i = 0; i < count; i++)
        {
            attributes.Add((ReadText("attribute"), ReadDigest("attribute")));
        }

        return attributes;
    }

    private void ReadEnd(long offset)
    {
        var count = ReadNumber("count");
        if ((long)count != _records)
        {
            throw new FootprintException(offset, "count", $"it says {count} records, but there are {_records}");
        }

        HashBlock();
        Span<byte> computed = stackalloc byte[ContentDigest.Length];
        _hash.GetHashAndReset(computed);
        Span<byte> written = stackalloc byte[ContentDigest.Length];
        offset = Offset;
        Read(written, "digest");
        if (!written.SequenceEqual(computed))
        {
            throw new FootprintException(offset, "digest", "the content was changed after it was written");
        }

        if (_at < _end || _file.Read(_block) > 0)
        {
            throw new FootprintException(Offset, "end", "something follows the end");
        }
    }

    private ContentDigest ReadDigest(string field)
    {
        Span<byte> digest = stackalloc byte[ContentDigest.Length];
        Read(digest, field);
        return new(digest);
    }

    // UTF-16 units as they are, whole characters or not.
    private string ReadName(string field)
    {
        var offset = Offset;
        var bytes = ReadBytes(field, LongestText);
        return bytes.Length % sizeof(char) == 0
            ? new(MemoryMarshal.Cast<byte, char>(bytes))
            : throw new FootprintException(offset, field, $"{bytes.Length} bytes are no whole number of UTF-16 units");
    }

    private string ReadText(string field)
    {
        var offset = Offset;
        try
        {
            return Strict.GetString(ReadBytes(field, LongestText));
        }
        catch (DecoderFallbackException)
        {
            throw new FootprintException(offset, field, "it is no UTF-8");
        }
    }

    private byte[] ReadBytes(string field, int most)
    {
        var bytes = new byte[ReadCount(field, most)];
        Read(bytes, field);
        return bytes;
    }

    private bool ReadBoolean(string field) => ReadByte(field) switch
    {
        0 => false,
        1 => true,
        var other => throw new FootprintException(Offset - 1, field, $"{other} is neither 0 nor 1"),
    };

    private int ReadCount(string field, int most)
    {
        var offset = Offset;
        var number = ReadNumber(field);
        return number <= (ulong)Math.Max(most, 0) ? (int)number : throw new FootprintException(offset, field, $"{number} is more than {most}");
    }

    // LEB128, as BinaryWriter writes it.
    private ulong ReadNumber(string field)
    {
        ulong number = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = ReadByte(field);
            number |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return number;
            }
        }

        throw new FootprintException(Offset, field, "the number has no end");
    }

    private ulong ReadFixed(string field, int size)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        Read(bytes[..size], field);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    private byte ReadByte(string field)
    {
        if (_at == _end)
        {
            Fill(field);
        }

        return _block[_at++];
    }

    private void Read(Span<byte> bytes, string field)
    {
        while (!bytes.IsEmpty)
        {
            if (_at == _end)
            {
                Fill(field);
            }

            var count = Math.Min(bytes.Length, _end - _at);
            _block.AsSpan(_at, count).CopyTo(bytes);
            _at += count;
            bytes = bytes[count..];
        }
    }

    private void Fill(string field)
    {
        HashBlock();
        _end = _file.Read(_block);
        if (_end == 0)
        {
            throw new FootprintException(_blockOffset, field, "the file ends here");
        }
    }

    // What was read of the block goes into the digest; the rest of it is what is left.
    private void HashBlock()
    {
        _hash.AppendData(_block, 0, _at);
        _blockOffset += _at;
        _block.AsSpan(_at.._end).CopyTo(_block);
        (_at, _end) = (0, _end - _at);
    }
}
