using System.Buffers.Binary;
using System.Security.Cryptography;

namespace VirtFoundation.Packages.Xz;

/// <summary>
/// Decompresses .xz data (xz-file-format.txt, version 1.2.1): LZMA2, with the x86 branch filter before it if asked for; every check is
/// verified. Memory grows with what is decoded, up to twice a dictionary of at most 128 MiB.
/// </summary>
internal sealed class XzStream : ForwardStream
{
    private const int MaxDictionary = 128 << 20;
    private const ulong FilterX86 = 4;
    private const ulong FilterLzma2 = 0x21;
    private static readonly int[] CheckSizes = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

    private readonly Stream _source;
    private readonly XzInput _input;
    private readonly List<(ulong Unpadded, ulong Uncompressed)> _records = [];
    private bool _anyStream, _inStream, _finished;
    private byte _checkType;

    // The block being read.
    private Lzma2Decoder? _block;
    private X86Filter? _filter;
    private IncrementalHash? _sha256;
    private uint _crc32;
    private ulong _crc64;
    private long _blockStart, _dataStart;
    private ulong _uncompressed, _declaredCompressed, _declaredUncompressed;

    private ReadOnlyMemory<byte> _ready;   // decoded and not read yet
    private byte[] _filtered = [];         // what the filter works on: final bytes, then some that wait for more
    private int _filteredFinal, _filteredEnd;

    /// <summary>Reads from a stream, which is disposed with this one.</summary>
    /// <param name="source">The compressed data.</param>
    public XzStream(Stream source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        _input = new XzInput(source);
    }

    /// <inheritdoc/>
    /// <exception cref="XzException">The data is damaged, cut off, or uses an unknown filter or check.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        while (_ready.IsEmpty)
            if (!Advance()) return 0;
        int count = Math.Min(buffer.Length, _ready.Length);
        _ready.Span[..count].CopyTo(buffer);
        _ready = _ready[count..];
        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _source.Dispose();
            _sha256?.Dispose();
        }
        base.Dispose(disposing);
    }

    /// <summary>Takes the next step; <see cref="_ready"/> may still be empty afterwards.</summary>
    private bool Advance()
    {
        if (_finished) return false;
        if (!_inStream) return TryStartStream();
        if (_block is null)
        {
            if (!TryStartBlock()) EndStream();
            return true;
        }
        if (_block.TryReadChunk(_input, out var chunk))
        {
            _uncompressed += (ulong)chunk.Length;
            if (_uncompressed > _declaredUncompressed) throw new XzException(_blockStart, "Uncompressed Size", $"the block holds more than {_declaredUncompressed} bytes");
            _ready = _filter is null ? chunk : Filter(chunk.Span);
            Check(_ready.Span);
            return true;
        }
        EndBlock();
        return true;
    }

    private bool TryStartStream()
    {
        Span<byte> header = stackalloc byte[12];
        long at;
        do
        {
            if (_anyStream && _input.IsAtEnd)
            {
                _finished = true;
                return false;
            }
            at = _input.Position;
            _input.Read(header[..4], "Header Magic Bytes");
        }
        while (_anyStream && !header[..4].ContainsAnyExcept((byte)0)); // stream padding
        _input.Read(header[4..], "Stream Header");
        if (!header.StartsWith((ReadOnlySpan<byte>)[0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00])) throw new XzException(at, "Header Magic Bytes", "no xz data");
        if (Crc32.Append(0, header[6..8]) != BinaryPrimitives.ReadUInt32LittleEndian(header[8..])) throw new XzException(at + 8, "CRC32", "the stream header is damaged");
        if (header[6] != 0 || header[7] > 15) throw new XzException(at + 6, "Stream Flags", "not defined");
        if (header[7] is not (0 or 1 or 4 or 10)) throw new XzException(at + 7, "Stream Flags", $"check {header[7]} is not known");
        _checkType = header[7];
        _anyStream = _inStream = true;
        _records.Clear();
        return true;
    }

    /// <returns>False at the index.</returns>
    private bool TryStartBlock()
    {
        _blockStart = _input.Position;
        byte size = _input.ReadByte("Block Header Size");
        if (size == 0) return false;
        var header = new byte[(size + 1) * 4];
        header[0] = size;
        _input.Read(header.AsSpan(1), "Block Header");
        if (Crc32.Append(0, header.AsSpan(..^4)) != BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(header.Length - 4)))
            throw new XzException(_blockStart + header.Length - 4, "CRC32", "the block header is damaged");
        _dataStart = _input.Position;

        int at = 2;
        byte flags = header[1];
        if ((flags & 0x3C) != 0) throw new XzException(_blockStart + 1, "Block Flags", "reserved bits are set");
        _declaredCompressed = (flags & 0x40) != 0 ? ReadInteger(header, ref at) : ulong.MaxValue;
        _declaredUncompressed = (flags & 0x80) != 0 ? ReadInteger(header, ref at) : ulong.MaxValue;
        _filter = null;
        for (int left = flags & 3; left >= 0; left--)
        {
            ulong id = ReadInteger(header, ref at), length = ReadInteger(header, ref at);
            if (length > (ulong)(header.Length - 4 - at)) throw new XzException(_blockStart + at, "Size of Properties", $"{length} bytes do not fit");
            var properties = header.AsSpan(at, (int)length);
            if (left > 0 && id == FilterX86 && length == 0 && _filter is null) _filter = new X86Filter();
            else if (left == 0 && id == FilterLzma2 && length == 1) _block = new Lzma2Decoder(ReadDictionarySize(properties[0], _blockStart + at));
            else throw new XzException(_blockStart + at, "Filter ID", $"filter 0x{id:x} with {length} bytes of properties is not known here");
            at += (int)length;
        }
        if (header.AsSpan(at..^4).ContainsAnyExcept((byte)0)) throw new XzException(_blockStart + at, "Header Padding", "not zero");

        _uncompressed = 0;
        _crc32 = 0;
        _crc64 = 0;
        _sha256?.Dispose();
        _sha256 = _checkType == 10 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        _filteredFinal = _filteredEnd = 0;
        return true;
    }

    private void EndBlock()
    {
        if (_filteredEnd > _filteredFinal)
        {
            _ready = _filtered.AsMemory(_filteredFinal, _filteredEnd - _filteredFinal); // too few for a branch
            Check(_ready.Span);
        }
        _block = null;
        long compressed = _input.Position - _dataStart;
        if (_declaredCompressed != ulong.MaxValue && _declaredCompressed != (ulong)compressed)
            throw new XzException(_blockStart, "Compressed Size", $"{_declaredCompressed} bytes, but the block has {compressed}");
        if (_declaredUncompressed != ulong.MaxValue && _declaredUncompressed != _uncompressed)
            throw new XzException(_blockStart, "Uncompressed Size", $"{_declaredUncompressed} bytes, but the block holds {_uncompressed}");
        SkipPadding("Block Padding", _input.Position - _blockStart);

        long at = _input.Position;
        Span<byte> stored = stackalloc byte[32], computed = stackalloc byte[32];
        int size = CheckSizes[_checkType];
        _input.Read(stored[..size], "Check");
        if (_checkType == 1) BinaryPrimitives.WriteUInt32LittleEndian(computed, _crc32);
        else if (_checkType == 4) BinaryPrimitives.WriteUInt64LittleEndian(computed, _crc64);
        else _sha256?.GetHashAndReset(computed);
        if (!stored[..size].SequenceEqual(computed[..size])) throw new XzException(at, "Check", "the block's content is damaged");
        _records.Add(((ulong)(_dataStart - _blockStart) + (ulong)compressed + (ulong)size, _uncompressed));
    }

    private void EndStream()
    {
        long start = _input.Position - 1;
        uint crc = Crc32.Append(0, [0]);
        ulong count = ReadIndexInteger(ref crc);
        if (count != (ulong)_records.Count) throw new XzException(start, "Number of Records", $"{count}, but there were {_records.Count} blocks");
        foreach (var (unpadded, size) in _records)
        {
            long at = _input.Position;
            if (ReadIndexInteger(ref crc) != unpadded || ReadIndexInteger(ref crc) != size) throw new XzException(at, "Index Record", "does not fit its block");
        }
        while ((_input.Position - start) % 4 != 0)
        {
            if (_input.ReadByte("Index Padding") != 0) throw new XzException(_input.Position - 1, "Index Padding", "not zero");
            crc = Crc32.Append(crc, [0]);
        }
        if (_input.ReadUInt32("Index CRC32") != crc) throw new XzException(_input.Position - 4, "CRC32", "the index is damaged");
        long indexSize = _input.Position - start;

        Span<byte> footer = stackalloc byte[12];
        long footerAt = _input.Position;
        _input.Read(footer, "Stream Footer");
        if (footer[10] != 'Y' || footer[11] != 'Z') throw new XzException(footerAt + 10, "Footer Magic Bytes", "missing");
        if (Crc32.Append(0, footer[4..10]) != BinaryPrimitives.ReadUInt32LittleEndian(footer)) throw new XzException(footerAt, "CRC32", "the stream footer is damaged");
        if ((BinaryPrimitives.ReadUInt32LittleEndian(footer[4..]) + 1L) * 4 != indexSize) throw new XzException(footerAt + 4, "Backward Size", "is not the index's size");
        if (footer[8] != 0 || footer[9] != _checkType) throw new XzException(footerAt + 8, "Stream Flags", "differ from the header's");
        _inStream = false;
    }

    private void Check(ReadOnlySpan<byte> data)
    {
        if (_checkType == 1) _crc32 = Crc32.Append(_crc32, data);
        else if (_checkType == 4) _crc64 = Crc64.Append(_crc64, data);
        else _sha256?.AppendData(data);
    }

    private ReadOnlyMemory<byte> Filter(ReadOnlySpan<byte> data)
    {
        int waiting = _filteredEnd - _filteredFinal;
        var target = _filtered.Length >= waiting + data.Length ? _filtered : new byte[waiting + data.Length];
        Buffer.BlockCopy(_filtered, _filteredFinal, target, 0, waiting);
        _filtered = target;
        data.CopyTo(_filtered.AsSpan(waiting));
        _filteredEnd = waiting + data.Length;
        _filteredFinal = _filter!.Decode(_filtered.AsSpan(0, _filteredEnd));
        return _filtered.AsMemory(0, _filteredFinal);
    }

    private void SkipPadding(string field, long length)
    {
        for (; length % 4 != 0; length++)
            if (_input.ReadByte(field) != 0) throw new XzException(_input.Position - 1, field, "not zero");
    }

    private ulong ReadInteger(byte[] header, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; shift < 63; shift += 7)
        {
            if (at >= header.Length - 4) break;
            byte next = header[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return next == 0 && shift > 0 ? throw new XzException(_blockStart + at, "Block Header", "a number has leading zeroes") : value;
        }
        throw new XzException(_blockStart + at, "Block Header", "a number does not end");
    }

    private ulong ReadIndexInteger(ref uint crc)
    {
        ulong value = 0;
        for (int shift = 0; shift < 63; shift += 7)
        {
            byte next = _input.ReadByte("Index");
            crc = Crc32.Append(crc, [next]);
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        throw new XzException(_input.Position, "Index", "a number does not end");
    }

    private static int ReadDictionarySize(byte bits, long at)
    {
        if (bits > 40) throw new XzException(at, "Dictionary Size", $"{bits} is not defined");
        long size = bits == 40 ? uint.MaxValue : (2L | bits & 1) << (bits / 2 + 11);
        return size <= MaxDictionary ? (int)size : throw new XzException(at, "Dictionary Size", $"{size} bytes; at most {MaxDictionary} are accepted");
    }
}
