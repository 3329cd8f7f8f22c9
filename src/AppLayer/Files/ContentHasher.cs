using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace AppLayer.Files;

/// <summary>Reads files block by block and computes their digests; one buffer and one hash for any number of them.</summary>
internal sealed class ContentHasher : IDisposable
{
    /// <summary>Bytes read at once.</summary>
    internal const int BlockLength = 1 << 20;

    private readonly byte[] _block = GC.AllocateUninitializedArray<byte>(BlockLength, pinned: true);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Dispose() => _hash.Dispose();

    /// <summary>Reads as much as there is and the buffer holds.</summary>
    /// <returns>The bytes, until the next call; empty at the file's end.</returns>
    internal Span<byte> Read(SafeFileHandle file, long offset)
    {
        var length = 0;
        for (int read; length < BlockLength && (read = RandomAccess.Read(file, _block.AsSpan(length), offset + length)) > 0;)
        {
            length += read;
        }

        return _block.AsSpan(0, length);
    }

    internal void Append(ReadOnlySpan<byte> data) => _hash.AppendData(data);

    /// <summary>The digest of what was appended since the last one.</summary>
    internal ContentDigest Finish()
    {
        Span<byte> digest = stackalloc byte[ContentDigest.Length];
        _hash.GetHashAndReset(digest);
        return new(digest);
    }

    /// <summary>The digest and length of a file.</summary>
    internal ContentDigest Hash(SafeFileHandle file, CancellationToken cancellation, out long length)
    {
        length = 0;
        for (Span<byte> block; (block = Read(file, length)).Length > 0; length += block.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            Append(block);
        }

        return Finish();
    }
}
