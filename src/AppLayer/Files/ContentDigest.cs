using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace AppLayer.Files;

/// <summary>A SHA-256 digest (FIPS 180-4), as a value.</summary>
[InlineArray(Length)]
public struct ContentDigest : IEquatable<ContentDigest>
{
    /// <summary>Bytes of a digest.</summary>
    public const int Length = SHA256.HashSizeInBytes;

    private byte _first;

    /// <summary>Makes a digest of its bytes.</summary>
    /// <exception cref="ArgumentException">There are not <see cref="Length"/> of them.</exception>
    public ContentDigest(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"A SHA-256 digest has {Length} bytes, not {bytes.Length}.", nameof(bytes));
        }

        bytes.CopyTo(this);
    }

    /// <summary>The digest of bytes.</summary>
    public static ContentDigest Of(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[Length];
        SHA256.HashData(data, hash);
        return new(hash);
    }

    /// <summary>Reads the form of <see cref="ToString"/>.</summary>
    /// <returns>False if the text is none.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out ContentDigest digest)
    {
        digest = default;
        return text.Length == 2 * Length && Convert.FromHexString(text, digest, out _, out _) == System.Buffers.OperationStatus.Done;
    }

    /// <summary>Whether two digests are equal.</summary>
    public static bool operator ==(ContentDigest left, ContentDigest right) => left.Equals(right);

    /// <summary>Whether two digests differ.</summary>
    public static bool operator !=(ContentDigest left, ContentDigest right) => !left.Equals(right);

    /// <inheritdoc/>
    public readonly bool Equals(ContentDigest other) => ((ReadOnlySpan<byte>)this).SequenceEqual(other);

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is ContentDigest other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => BitConverter.ToInt32(((ReadOnlySpan<byte>)this)[..sizeof(int)]);

    /// <summary>The digest as 64 lower-case hexadecimal digits.</summary>
    public override readonly string ToString() => Convert.ToHexStringLower(this);
}
