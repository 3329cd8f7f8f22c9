using System.Runtime.InteropServices;
using AppLayer.Paths;

namespace AppLayer.Registry.Tokens;

/// <summary>
/// A registry's keys with known paths and user ids as tokens, in names, classes and data, and back. Whether data is text is told by its type alone; bytes of other
/// types are left as they are.
/// </summary>
/// <param name="tokens">The system's roots.</param>
public sealed class RegistryTokens(PathTokens tokens)
{
    /// <summary>The tree with tokens.</summary>
    public RegistryKey Tokenise(RegistryKey key) => Convert(key, tokens.Tokenise);

    /// <summary>The tree with this system's paths.</summary>
    /// <exception cref="PathTokenException">There is a token that this system can't replace, or two keys would get one name.</exception>
    public RegistryKey Detokenise(RegistryKey key) => Convert(key, tokens.Detokenise);

    /// <summary>A value with tokens in its name and its data.</summary>
    public RegistryValue Tokenise(RegistryValue value) => Convert(value, tokens.Tokenise);

    /// <summary>A value with this system's paths.</summary>
    /// <exception cref="PathTokenException">There is a token that this system can't replace.</exception>
    public RegistryValue Detokenise(RegistryValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var hasTokens = PathTokens.HasTokens(value.Name) || (IsText(value.Type) && PathTokens.HasTokens(Text(value.Data)));
        return hasTokens ? Convert(value, tokens.Detokenise) : value;
    }

    private static bool IsText(RegistryValueType type) =>
        type is RegistryValueType.String or RegistryValueType.ExpandString or RegistryValueType.MultiString or RegistryValueType.Link;

    // Every system that .NET runs VirtTools on is little-endian.
    private static ReadOnlySpan<char> Text(ReadOnlyMemory<byte> data) => MemoryMarshal.Cast<byte, char>(data.Span);

    private static RegistryKey Convert(RegistryKey key, Func<string, TokenScope, string> convert)
    {
        ArgumentNullException.ThrowIfNull(key);
        var result = new RegistryKey(convert(key.Name, TokenScope.Name))
        {
            Class = key.Class is null ? null : convert(key.Class, TokenScope.Text), LastWrite = key.LastWrite, Security = key.Security, IsLink = key.IsLink, Mark = key.Mark,
        };
        foreach (var value in key.Values)
        {
            result.Set(Convert(value, convert));
        }

        foreach (var subkey in key.Subkeys)
        {
            var converted = Convert(subkey, convert);
            if (result.TryGetSubkey(converted.Name, out _))
            {
                throw new PathTokenException(subkey.Name, 0, $"there is a key '{converted.Name}' beside it");
            }

            result.Add(converted);
        }

        return result;
    }

    private static RegistryValue Convert(RegistryValue value, Func<string, TokenScope, string> convert)
    {
        ArgumentNullException.ThrowIfNull(value);
        var (name, data) = (convert(value.Name, TokenScope.Text), IsText(value.Type) ? Convert(value.Data, convert) : value.Data);
        return ReferenceEquals(name, value.Name) && data.Equals(value.Data) ? value : value with { Name = name, Data = data };
    }

    /// <summary>Data as UTF-16LE units, whole characters or not; an odd byte at the end stays there.</summary>
    private static ReadOnlyMemory<byte> Convert(ReadOnlyMemory<byte> data, Func<string, TokenScope, string> convert)
    {
        var text = new string(Text(data));
        var converted = convert(text, TokenScope.Text);
        if (ReferenceEquals(converted, text))
        {
            return data;
        }

        var units = MemoryMarshal.AsBytes(converted.AsSpan());
        var odd = data.Length % sizeof(char);
        var result = new byte[units.Length + odd];
        units.CopyTo(result);
        data.Span[^odd..].CopyTo(result.AsSpan(units.Length));
        return result;
    }
}
