using System.IO.Compression;
using VirtFoundation.Packages.Xz;

namespace VirtFoundation.Packages;

/// <summary>The compressions of packages and modules, by the ends of their names.</summary>
internal static class Compression
{
    private static readonly Dictionary<string, Func<Stream, Stream>> Decompressors = new(StringComparer.Ordinal)
    {
        [""] = static source => source,
        [".gz"] = static source => new GZipStream(source, CompressionMode.Decompress),
        [".xz"] = static source => new XzStream(source),
        [".zst"] = static source => new ZstandardStream(source),
    };

    /// <summary>The ends of names that are known; the empty one is of what is not compressed.</summary>
    internal static IReadOnlyCollection<string> Extensions => Decompressors.Keys;

    /// <summary>Opens compressed data for reading. What is read may throw <see cref="InvalidDataException"/> or <see cref="XzException"/>.</summary>
    /// <returns>False if the extension is not known.</returns>
    internal static bool TryOpen(string extension, Stream source, out Stream content)
    {
        bool known = Decompressors.TryGetValue(extension, out var open);
        content = known ? open!(source) : source;
        return known;
    }
}
