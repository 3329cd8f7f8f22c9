using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace VirtSpecs;

/// <summary>Names with texts that an administrator gives to a thing, in the order of the names; immutable and compared by value.</summary>
public sealed class LabelDictionary : IReadOnlyDictionary<string, string>, IEquatable<LabelDictionary>
{
    private readonly SortedDictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>Makes labels from names and values.</summary>
    /// <param name="values">Names, each once, with their values.</param>
    /// <exception cref="ArgumentNullException">A name or value is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">A name occurs twice.</exception>
    public LabelDictionary(IEnumerable<KeyValuePair<string, string>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var (name, value) in values)
        {
            ArgumentNullException.ThrowIfNull(value, nameof(values));
            _values.Add(name, value);
        }
    }

    /// <summary>No labels.</summary>
    public static LabelDictionary None { get; } = new([]);

    /// <summary>The number of labels.</summary>
    public int Count => _values.Count;

    /// <summary>The names, in order.</summary>
    public IEnumerable<string> Keys => _values.Keys;

    /// <summary>The values, in the order of their names.</summary>
    public IEnumerable<string> Values => _values.Values;

    /// <summary>The value of a label.</summary>
    /// <param name="key">The label's name.</param>
    /// <exception cref="KeyNotFoundException">There is no such label.</exception>
    public string this[string key] => _values[key];

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _values.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => _values.TryGetValue(key, out value);

    /// <summary>Whether two sets of labels have the same names with the same values.</summary>
    /// <param name="other">The other labels.</param>
    /// <returns>Whether they are equal.</returns>
    public bool Equals(LabelDictionary? other) => other is not null && _values.SequenceEqual(other._values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LabelDictionary);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var (name, value) in _values)
        {
            hash.Add(name, StringComparer.Ordinal);
            hash.Add(value, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The labels as <c>name=value</c>, separated by commas.</summary>
    /// <returns>The labels as one line of text.</returns>
    public override string ToString() => $"{{{string.Join(", ", _values.Select(pair => $"{pair.Key}={pair.Value}"))}}}";
}
