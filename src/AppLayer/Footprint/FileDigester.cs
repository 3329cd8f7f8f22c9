using System.Security.Cryptography;
using AppLayer.Files;
using Microsoft.Win32.SafeHandles;

namespace AppLayer.Footprint;

/// <summary>Digests of files' contents, one after the other, in one buffer.</summary>
internal sealed class FileDigester : IDisposable
{
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(1 << 18, pinned: true);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    internal ContentDigest Digest(SafeFileHandle file, CancellationToken cancellation)
    {
        for (long at = 0; ;)
        {
            cancellation.ThrowIfCancellationRequested();
            var read = RandomAccess.Read(file, _buffer, at);
            if (read == 0)
            {
                Span<byte> digest = stackalloc byte[ContentDigest.Length];
                _hash.GetHashAndReset(digest);
                return new(digest);
            }

            _hash.AppendData(_buffer, 0, read);
            at += read;
        }
    }

    public void Dispose() => _hash.Dispose();
}
