using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AppLayer.Files;

/// <summary>Puts fields into a SHA-256 digest: numbers little-endian, bytes behind their number.</summary>
internal sealed class DigestWriter : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[1 << 14];
    private int _length;

    public void Dispose() => _hash.Dispose();

    internal void Add(byte value) => Room(1)[0] = value;

    internal void Add(bool value) => Add(value ? (byte)1 : (byte)0);

    internal void Add(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Room(sizeof(uint)), value);

    internal void Add(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Room(sizeof(ulong)), value);

    /// <summary>The number of bytes as 32 bits, then the bytes.</summary>
    internal void Add(ReadOnlySpan<byte> bytes)
    {
        Add((uint)bytes.Length);
        AddRaw(bytes);
    }

    internal void AddRaw(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= _buffer.Length)
        {
            bytes.CopyTo(Room(bytes.Length));
            return;
        }

        Empty();
        _hash.AppendData(bytes);
    }

    internal ContentDigest Finish()
    {
        Empty();
        Span<byte> digest = stackalloc byte[ContentDigest.Length];
        _hash.GetHashAndReset(digest);
        return new(digest);
    }

    private Span<byte> Room(int length)
    {
        if (_length + length > _buffer.Length)
        {
            Empty();
        }

        _length += length;
        return _buffer.AsSpan(_length - length, length);
    }

    private void Empty()
    {
        _hash.AppendData(_buffer.AsSpan(0, _length));
        _length = 0;
    }
}
