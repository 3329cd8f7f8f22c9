using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace AppLayer.Registry;

/// <summary>The subkeys of a key, in the order of their names.</summary>
public sealed class RegistryKeyCollection : IReadOnlyCollection<RegistryKey>
{
    /// <summary>Up to so many, a key may be added or removed anywhere in the array: the rest of it moves.</summary>
    private const int MostToMove = 1024;

    private RegistryKey[] _array = [];
    private int _count;

    // In place of the array, once there are many and not just more at the end.
    private SortedDictionary<string, RegistryKey>? _many;

    internal static RegistryKeyCollection None { get; } = new();

    /// <inheritdoc/>
    public int Count => _many?.Count ?? _count;

    /// <summary>Goes through them in order, without making an object in most cases.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<RegistryKey> IEnumerable<RegistryKey>.GetEnumerator() => All().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => All().GetEnumerator();

    internal bool TryGet(string name, [NotNullWhen(true)] out RegistryKey? key)
    {
        if (_many is not null)
        {
            return _many.TryGetValue(name, out key);
        }

        var at = Search(name);
        key = at >= 0 ? _array[at] : null;
        return at >= 0;
    }

    internal void Add(RegistryKey key)
    {
        var at = _many is null ? Search(key.Name) : 0;
        if (at >= 0 && (_many is null || _many.ContainsKey(key.Name)))
        {
            throw new ArgumentException($"There is a subkey '{key.Name}' already.", nameof(key));
        }

        if (~at < _count && _count >= MostToMove)
        {
            MakeMany();
        }

        if (_many is not null)
        {
            _many.Add(key.Name, key);
            return;
        }

        if (_count == _array.Length)
        {
            Array.Resize(ref _array, Math.Max(2, _count * 2));
        }

        Array.Copy(_array, ~at, _array, ~at + 1, _count - ~at);
        _array[~at] = key;
        _count++;
    }

    internal bool Remove(string name)
    {
        var at = _many is null ? Search(name) : -1;
        if (at >= 0 && _count > MostToMove)
        {
            MakeMany();
        }

        if (_many is not null)
        {
            return _many.Remove(name);
        }

        if (at < 0)
        {
            return false;
        }

        _count--;
        Array.Copy(_array, at + 1, _array, at, _count - at);
        _array[_count] = null!;
        return true;
    }

    private IEnumerable<RegistryKey> All() => _many is not null ? _many.Values : new ArraySegment<RegistryKey>(_array, 0, _count);

    /// <returns>Where it is, or the complement of where it would be.</returns>
    private int Search(ReadOnlySpan<char> name)
    {
        // Mostly they come in order.
        if (_count == 0 || RegistryNameComparer.Compare(name, _array[_count - 1].Name) > 0)
        {
            return ~_count;
        }

        var (first, last) = (0, _count - 1);
        while (first <= last)
        {
            var middle = (first + last) >>> 1;
            var order = RegistryNameComparer.Compare(_array[middle].Name, name);
            if (order == 0)
            {
                return middle;
            }

            (first, last) = order < 0 ? (middle + 1, last) : (first, middle - 1);
        }

        return ~first;
    }

    private void MakeMany()
    {
        _many = new(RegistryNameComparer.Instance);
        foreach (var key in _array.AsSpan(0, _count))
        {
            _many.Add(key.Name, key);
        }

        (_array, _count) = ([], 0);
    }

    /// <summary>Goes through the keys.</summary>
    public struct Enumerator
    {
        private readonly RegistryKeyCollection _keys;
        private readonly int _count;
        private SortedDictionary<string, RegistryKey>.ValueCollection.Enumerator _many;
        private int _at;

        internal Enumerator(RegistryKeyCollection keys)
        {
            _keys = keys;
            _count = keys.Count;
            _many = keys._many?.Values.GetEnumerator() ?? default;
            _at = -1;
        }

        /// <summary>The key.</summary>
        public readonly RegistryKey Current => _keys._many is null ? _keys._array[_at] : _many.Current;

        /// <summary>Goes to the next.</summary>
        /// <exception cref="InvalidOperationException">Keys have come or gone since the first.</exception>
        public bool MoveNext()
        {
            if (_keys.Count != _count)
            {
                throw new InvalidOperationException("The key's subkeys have changed on the way through them.");
            }

            return _keys._many is null ? ++_at < _count : _many.MoveNext();
        }
    }
}
