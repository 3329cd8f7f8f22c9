namespace AppLayer.Registry.Hive;

/// <summary>The security descriptors of a hive that is being written: each content once, counted, and at the end linked in a ring.</summary>
internal sealed class SecurityRing(HiveSpace space)
{
    private readonly Dictionary<ReadOnlyMemory<byte>, int> _indexes = new(ByteContentComparer.Instance);
    private readonly List<(int Cell, ReadOnlyMemory<byte> Descriptor, int References)> _entries = [];

    private ReadOnlyMemory<byte> _last;
    private int _lastIndex = -1;

    /// <summary>Gives a key its descriptor.</summary>
    /// <returns>The descriptor's cell.</returns>
    internal int Reference(ReadOnlyMemory<byte> descriptor)
    {
        var index = _lastIndex;
        if (index < 0 || !descriptor.Equals(_last))
        {
            if (!_indexes.TryGetValue(descriptor, out index))
            {
                _indexes.Add(descriptor, index = _entries.Count);
                _entries.Add((space.Allocate(KeySecurity.LengthFor(descriptor.Length)), descriptor, 0));
            }

            (_last, _lastIndex) = (descriptor, index);
        }

        var entry = _entries[index];
        _entries[index] = entry with { References = entry.References + 1 };
        return entry.Cell;
    }

    /// <summary>Writes them all.</summary>
    internal void Close()
    {
        for (var i = 0; i < _entries.Count; i++)
        {
            var (cell, descriptor, references) = _entries[i];
            var next = _entries[(i + 1) % _entries.Count].Cell;
            var previous = _entries[(i + _entries.Count - 1) % _entries.Count].Cell;
            KeySecurity.Write(space.At(cell), descriptor.Span, next, previous, references);
        }
    }
}
