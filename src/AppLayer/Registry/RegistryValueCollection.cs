using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace AppLayer.Registry;

/// <summary>The values of a key, in the order in which they were first set.</summary>
public sealed class RegistryValueCollection : IReadOnlyCollection<RegistryValue>
{
    /// <summary>Up to so many, a name is looked for from the first on.</summary>
    private const int FewEnough = 8;

    private RegistryValue[] _array = [];
    private int _count;

    // In place of the array, once there are more than a few.
    private OrderedDictionary<string, RegistryValue>? _many;

    internal static RegistryValueCollection None { get; } = new();

    /// <inheritdoc/>
    public int Count => _many?.Count ?? _count;

    /// <summary>Goes through them in order, without making an object.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<RegistryValue> IEnumerable<RegistryValue>.GetEnumerator() => All().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => All().GetEnumerator();

    internal bool TryGet(string name, [NotNullWhen(true)] out RegistryValue? value)
    {
        if (_many is not null)
        {
            return _many.TryGetValue(name, out value);
        }

        var at = Search(name);
        value = at >= 0 ? _array[at] : null;
        return at >= 0;
    }

    internal void Set(RegistryValue value)
    {
        if (_many is not null)
        {
            _many[value.Name] = value;
        }
        else if (Search(value.Name) is var at and >= 0)
        {
            _array[at] = value;
        }
        else if (_count == FewEnough)
        {
            _many = new(2 * FewEnough, RegistryNameComparer.Instance);
            foreach (var few in _array)
            {
                _many.Add(few.Name, few);
            }

            _many.Add(value.Name, value);
            (_array, _count) = ([], 0);
        }
        else
        {
            Append(value);
        }
    }

    internal bool Remove(string name)
    {
        if (_many is not null)
        {
            return _many.Remove(name);
        }

        var at = Search(name);
        if (at < 0)
        {
            return false;
        }

        _count--;
        Array.Copy(_array, at + 1, _array, at, _count - at);
        _array[_count] = null!;
        return true;
    }

    private void Append(RegistryValue value)
    {
        if (_count == _array.Length)
        {
            Array.Resize(ref _array, _count switch { 0 => 1, 1 => 3, _ => FewEnough });
        }

        _array[_count++] = value;
    }

    private IEnumerable<RegistryValue> All() => _many is not null ? _many.Values : new ArraySegment<RegistryValue>(_array, 0, _count);

    private int Search(ReadOnlySpan<char> name)
    {
        for (var i = 0; i < _count; i++)
        {
            if (RegistryNameComparer.Equals(name, _array[i].Name))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Goes through the values.</summary>
    public struct Enumerator
    {
        private readonly RegistryValueCollection _values;
        private readonly int _count;
        private int _at;

        internal Enumerator(RegistryValueCollection values)
        {
            _values = values;
            _count = values.Count;
            _at = -1;
        }

        /// <summary>The value.</summary>
        public readonly RegistryValue Current => _values._many is { } many ? many.GetAt(_at).Value : _values._array[_at];

        /// <summary>Goes to the next.</summary>
        /// <exception cref="InvalidOperationException">Values have come or gone since the first.</exception>
        public bool MoveNext() =>
            _values.Count == _count ? ++_at < _count : throw new InvalidOperationException("The key's values have changed on the way through them.");
    }
}
