using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AppLayer.Paths;

namespace AppLayer.Registry.Tokens;

/// <summary>
/// A registry's keys with known paths and user ids as tokens, in names, classes and data, and back. Whether data is text is told by its type
/// alone; bytes of other types are left as they are.
/// </summary>
/// <param name="tokens">The system's roots.</param>
public sealed class RegistryTokens(PathTokens tokens)
{
    /// <summary>The tree with tokens.</summary>
    /// <param name="key">The tree.</param>
    /// <param name="left">
    /// Gets the paths of keys, and of values behind a <c>|</c>, whose names stay as they are since with tokens they would be longer than a registry
    /// can hold: they don't follow the layer to other systems and users.
    /// </param>
    /// <exception cref="PathTokenException">Such a name holds what looks like a token, and so can't stay as it is.</exception>
    public RegistryKey Tokenise(RegistryKey key, ICollection<string>? left = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Tokenise(key, key.Name, left);
    }

    /// <summary>The tree with this system's paths.</summary>
    /// <exception cref="PathTokenException">There is a token that this system can't replace, or two keys would get one name.</exception>
    public RegistryKey Detokenise(RegistryKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var result = Attributes(key, tokens.Detokenise(key.Name, TokenScope.Name), key.Class is null ? null : tokens.Detokenise(key.Class));
        foreach (var value in key.Values)
        {
            result.Set(Detokenise(value));
        }

        foreach (var subkey in key.Subkeys)
        {
            Add(result, Detokenise(subkey), subkey);
        }

        return result;
    }

    /// <summary>A value with tokens in its name and its data.</summary>
    /// <exception cref="PathTokenException">Its name would be too long, and holds what looks like a token.</exception>
    public RegistryValue Tokenise(RegistryValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Tokenise(value, "", null);
    }

    /// <summary>A value with this system's paths.</summary>
    /// <exception cref="PathTokenException">There is a token that this system can't replace.</exception>
    public RegistryValue Detokenise(RegistryValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var hasTokens = IsText(value.Type) && PathTokens.HasTokens(Text(value.Data));
        var name = tokens.Detokenise(value.Name);
        return hasTokens || !ReferenceEquals(name, value.Name) ? value with { Name = name, Data = hasTokens ? Detokenise(value.Data) : value.Data } : value;
    }

    private RegistryKey Tokenise(RegistryKey key, string path, ICollection<string>? left)
    {
        var name = Name(key.Name, TokenScope.Name, RegistryLimits.KeyName, path, left);
        var result = Attributes(key, name, key.Class is null ? null : Name(key.Class, TokenScope.Text, RegistryLimits.Class, path, left));
        foreach (var value in key.Values)
        {
            result.Set(Tokenise(value, path, left));
        }

        foreach (var subkey in key.Subkeys)
        {
            Add(result, Tokenise(subkey, path.Length == 0 ? subkey.Name : $@"{path}\{subkey.Name}", left), subkey);
        }

        return result;
    }

    private RegistryValue Tokenise(RegistryValue value, string path, ICollection<string>? left)
    {
        var name = Name(value.Name, TokenScope.Text, RegistryLimits.ValueName, $"{path}|{value.Name}", left);
        var data = IsText(value.Type) ? Tokenise(value.Data) : value.Data;
        return ReferenceEquals(name, value.Name) && data.Equals(value.Data) ? value : value with { Name = name, Data = data };
    }

    /// <summary>A name with tokens, or as it is where it would be too long.</summary>
    private string Name(string name, TokenScope scope, int most, string path, ICollection<string>? left)
    {
        var tokenised = tokens.Tokenise(name, scope);
        if (tokenised.Length <= most || ReferenceEquals(tokenised, name))
        {
            return tokenised;
        }

        if (PathTokens.HasTokens(name))
        {
            throw new PathTokenException(name, 0, $"with its brace marked as such it would have {tokenised.Length} characters, more than {most}");
        }

        left?.Add(path);
        return name;
    }

    private static RegistryKey Attributes(RegistryKey key, string name, string? className) =>
        new(name) { Class = className, LastWrite = key.LastWrite, Security = key.Security, IsLink = key.IsLink, Mark = key.Mark };

    private static void Add(RegistryKey key, RegistryKey converted, RegistryKey subkey)
    {
        if (key.TryGetSubkey(converted.Name, out _))
        {
            throw new PathTokenException(subkey.Name, 0, $"there is a key '{converted.Name}' beside it");
        }

        key.Add(converted);
    }

    private static bool IsText(RegistryValueType type) =>
        type is RegistryValueType.String or RegistryValueType.ExpandString or RegistryValueType.MultiString or RegistryValueType.Link;

    // Every system that .NET runs VirtTools on is little-endian.
    private static ReadOnlySpan<char> Text(ReadOnlyMemory<byte> data) => MemoryMarshal.Cast<byte, char>(data.Span);

    /// <summary>Data as UTF-16LE units, whole characters or not; an odd byte at the end stays there.</summary>
    private ReadOnlyMemory<byte> Tokenise(ReadOnlyMemory<byte> data)
    {
        var text = new string(Text(data));
        var converted = tokens.Tokenise(text);
        return ReferenceEquals(converted, text) ? data : WithOddByte(converted, data.Span);
    }

    private byte[] Detokenise(ReadOnlyMemory<byte> data)
    {
        var output = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[PathTokens.Usual]);
        tokens.Detokenise(Text(data), TokenScope.Text, ref output);
        var result = WithOddByte(output.Text, data.Span);
        output.Clear();
        return result;
    }

    private static byte[] WithOddByte(ReadOnlySpan<char> text, ReadOnlySpan<byte> before)
    {
        var units = MemoryMarshal.AsBytes(text);
        var odd = before.Length % sizeof(char);
        var result = new byte[units.Length + odd];
        units.CopyTo(result);
        before[^odd..].CopyTo(result.AsSpan(units.Length));
        return result;
    }
}
