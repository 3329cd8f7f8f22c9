using AppLayer.Files;
using AppLayer.Registry;

namespace AppLayer.Footprint;

/// <summary>A value of a registry.</summary>
/// <param name="Key">The path of its key.</param>
/// <param name="Name">The name; empty for the default value.</param>
/// <param name="Type">The type.</param>
/// <param name="Length">Bytes of the data.</param>
/// <param name="Start">The data's first bytes, to show them.</param>
/// <param name="Digest">The digest of all of them.</param>
internal sealed record ObservedValue(string Key, string Name, RegistryValueType Type, int Length, byte[] Start, ContentDigest Digest)
{
    internal const int LongestStart = 128;

    internal static ObservedValue Of(string key, RegistryValue value) =>
        new(key, value.Name, value.Type, value.Data.Length, value.Data.Span[..Math.Min(LongestStart, value.Data.Length)].ToArray(), ContentDigest.Of(value.Data.Span));
}
