using System.Buffers;

namespace VirtSpecs;

/// <summary>
/// Names a layer: <c>node@22.23.3</c>, or <c>node</c> for the newest version that there is. Case doesn't distinguish layers.
/// </summary>
public readonly record struct LayerReference
{
    /// <summary>What the text of a reference looks like, as a regular expression that JSON schema shares.</summary>
    internal const string Pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}(@[A-Za-z0-9][A-Za-z0-9.+_-]{0,62})?$";

    private const int MaximumNameLength = 63;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>Makes a reference.</summary>
    /// <param name="name">The layer's name.</param>
    /// <param name="version">Its version, <see langword="null"/> for the newest.</param>
    /// <exception cref="ArgumentException">The name or version isn't one.</exception>
    public LayerReference(string name, string? version = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = IsName(name) ? name : throw new ArgumentException($"{Quoting.Quote(name)} is no layer's name.", nameof(name));
        Version = version is null || LayerVersion.IsVersion(version) ? version
            : throw new ArgumentException($"{Quoting.Quote(version)} is no version.", nameof(version));
    }

    /// <summary>The layer's name.</summary>
    public string Name { get; }

    /// <summary>The layer's version, <see langword="null"/> for the newest that there is.</summary>
    public string? Version { get; }

    /// <summary>Reads a reference as <see cref="ToString"/> writes it.</summary>
    /// <param name="text">A name, or a name and a version with <c>@</c> between.</param>
    /// <returns>The reference.</returns>
    /// <exception cref="FormatException">The text is none.</exception>
    public static LayerReference Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var reference)
            ? reference
            : throw new FormatException($"{Quoting.Quote(text)} is no layer such as node or node@22.23.3.");
    }

    /// <summary>Reads a reference as <see cref="ToString"/> writes it.</summary>
    /// <param name="text">A name, or a name and a version with <c>@</c> between.</param>
    /// <param name="reference">The reference; no layer's when the text is none.</param>
    /// <returns>Whether the text is a reference.</returns>
    public static bool TryParse(string? text, out LayerReference reference)
    {
        reference = default;
        var at = text?.IndexOf('@', StringComparison.Ordinal) ?? 0;
        var (name, version) = at < 0 ? (text!, null) : (text?[..at], text?[(at + 1)..]);
        if (!IsName(name) || (version is not null && !LayerVersion.IsVersion(version)))
        {
            return false;
        }

        reference = new(name!, version);
        return true;
    }

    /// <summary>Finds the layer that is meant among some.</summary>
    /// <param name="layers">The layers, each with its version.</param>
    /// <param name="found">The one of this name and version; without a version the newest of this name.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryResolve(IEnumerable<LayerReference> layers, out LayerReference found)
    {
        ArgumentNullException.ThrowIfNull(layers);
        found = default;
        foreach (var layer in layers)
        {
            if (Accepts(layer) && (found.Version is null || LayerVersion.Compare(layer.Version!, found.Version) > 0))
            {
                found = layer;
            }
        }

        return found.Version is not null;
    }

    /// <summary>Whether two references name the same, without regard to case.</summary>
    /// <param name="other">The other reference.</param>
    /// <returns>Whether they are equal.</returns>
    public bool Equals(LayerReference other) =>
        string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase)
        && string.Equals(Version, other.Version, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(ToString());

    /// <summary>The reference as <c>name@version</c>, or the name alone.</summary>
    /// <returns>The reference as text.</returns>
    public override string ToString() => Version is null ? Name ?? "" : $"{Name}@{Version}";

    private static bool IsName(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= MaximumNameLength && char.IsAsciiLetterOrDigit(text[0]) && !text.ContainsAnyExcept(NameCharacters);

    private bool Accepts(LayerReference layer) =>
        layer.Version is not null && (Version is null ? Equals(new(layer.Name)) : Equals(layer));
}
