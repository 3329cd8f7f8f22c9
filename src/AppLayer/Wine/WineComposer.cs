using System.Runtime.InteropServices;
using AppLayer.Paths;
using AppLayer.Registry;
using AppLayer.Registry.Stacking;
using AppLayer.Registry.Text;
using AppLayer.Registry.Tokens;

namespace AppLayer.Wine;

/// <summary>
/// Writes one registry file of a prefix as a stack of layers over the base prefix's shows it: what <see cref="RegistryStack.Compose"/> and
/// <see cref="WineRegistryFile.FromTree"/> would give, without a tree of the base. Pieces of the base that no layer touches are copied as text.
/// </summary>
/// <param name="foundation">The base prefix's file.</param>
/// <param name="tokens">The prefix's paths, for what layers have as tokens.</param>
internal sealed class WineComposer(WineRegistryText foundation, PathTokens tokens)
{
    private TextBuffer _output = new(0);
    private readonly RegistryTokens _tokens = new(tokens);

    // The path of the key that is being written, as it stands between the brackets.
    private readonly TextBuffer _path = new(1024);

    // Stacks: of the keys that are being written, the layers' parts; the subkeys of those.
    private readonly List<RegistryKey> _keys = [];
    private readonly List<Subkey> _subkeys = [];
    private readonly List<Value> _values = [];

    // For merging the layers' subkeys: where those of each begin, and room for some.
    private readonly List<int> _runs = [];
    private Subkey[] _spare = [];

    private WineRegistryWriter Output => new(_output);

    /// <summary>The file.</summary>
    /// <param name="layers">The layers' trees, the first of which wins.</param>
    /// <param name="root">The name of the root's key in them.</param>
    /// <exception cref="PathTokenException">A layer has a token that this prefix can't replace, or two keys would get one name.</exception>
    internal ReadOnlyMemory<byte> Compose(IEnumerable<RegistryKey> layers, string root)
    {
        var below = true;
        foreach (var layer in layers)
        {
            below = !Hides(layer.Mark);
            if (layer.Mark != LayerMark.Tombstone && layer.TryGetSubkey(root, out var key))
            {
                if (key.Mark != LayerMark.Tombstone) _keys.Add(key);
                below &= !Hides(key.Mark);
            }

            if (!below) break;
        }

        if (_keys.Count == 0 && below) return foundation.Bytes;

        // Growing on the way would cost more than the way.
        _output = new((int)Math.Min(Array.MaxLength, foundation.Bytes.Length + _keys.Sum(key => Room(key, 0))));
        _output.Write(foundation.Head);
        Write(below ? WineRegistryText.Root : WineRegistryText.None, 0, _keys.Count, isRespelled: false);
        return _output.Written;
    }

    /// <summary>Writes a key with all that is in it.</summary>
    /// <param name="node">The base's key, if it takes part.</param>
    /// <param name="first">Where on the stack the layers' keys begin that take part, the top first.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="isRespelled">Whether a layer spells the path in another way than the base.</param>
    private void Write(int node, int first, int count, bool isRespelled)
    {
        var firstSubkey = _subkeys.Count;
        CollectSubkeys(first, count);
        var end = _subkeys.Count;
        WriteSection(node, first, count, HasSubkeys(node, firstSubkey, end));
        var child = node < 0 ? WineRegistryText.None : foundation.FirstChild(node);
        var run = child;
        for (var at = firstSubkey; at < end;)
        {
            var name = _subkeys[at].Name;
            var match = Find(name, ref child);
            CopyRun(node, run, child, isRespelled);
            run = child = match >= 0 ? foundation.Next(child) : child;
            var firstKey = _keys.Count;
            var below = AddReached(name, ref at, end);
            if (_keys.Count > firstKey)
            {
                var pathLength = _path.Length;
                if (pathLength > 0) _path.Write(@"\\"u8);
                new WineRegistryWriter(_path).Name(name);
                Write(below ? match : WineRegistryText.None, firstKey, _keys.Count - firstKey,
                    isRespelled || (match >= 0 && !foundation.Name(match).SequenceEqual(name)));
                _path.Truncate(pathLength);
                _keys.RemoveRange(firstKey, _keys.Count - firstKey);
            }
        }

        CopyRun(node, run, WineRegistryText.None, isRespelled);
        _subkeys.RemoveRange(firstSubkey, end - firstSubkey);
    }

    /// <summary>About how many bytes a layer's key takes.</summary>
    private static long Room(RegistryKey key, int pathLength)
    {
        const int Attributes = 48, Separators = 12, BytesOfByte = 3;
        long room = key.Values.Count > 0 || key.Subkeys.Count == 0 ? pathLength + Attributes : 0;
        foreach (var value in key.Values)
        {
            var data = value.Type is RegistryValueType.String or RegistryValueType.ExpandString or RegistryValueType.MultiString
                ? value.Data.Length / sizeof(char)
                : value.Data.Length * BytesOfByte;
            room += value.Name.Length + data + (data / 8) + Separators;
        }

        foreach (var subkey in key.Subkeys)
        {
            room += Room(subkey, pathLength + subkey.Name.Length + 2);
        }

        return room;
    }

    /// <summary>Puts the layers' subkeys on the stack, in wineserver's order, those of one name with the top layer's first.</summary>
    private void CollectSubkeys(int first, int count)
    {
        var start = _subkeys.Count;
        for (var layer = 0; layer < count; layer++)
        {
            var (own, isSorted) = (_subkeys.Count, true);
            foreach (var key in _keys[first + layer].Subkeys)
            {
                var subkey = new Subkey(PathTokens.HasTokens(key.Name) ? tokens.Detokenise(key.Name, TokenScope.Name) : key.Name, key, layer);
                isSorted &= _subkeys.Count == own || Subkey.Compare(_subkeys[^1], subkey) < 0;
                _subkeys.Add(subkey);
            }

            if (!isSorted) Sort(CollectionsMarshal.AsSpan(_subkeys)[own..]);
            if (own > start && _subkeys.Count > own) _runs.Add(own - start);
        }

        Merge(CollectionsMarshal.AsSpan(_subkeys)[start..]);
    }

    private static void Sort(Span<Subkey> subkeys)
    {
        subkeys.Sort(Subkey.Compare);
        for (var i = 1; i < subkeys.Length; i++)
        {
            if (Subkey.Compare(subkeys[i - 1], subkeys[i]) == 0)
            {
                throw new PathTokenException(subkeys[i].Key.Name, 0, $"there is a key '{subkeys[i].Name}' beside it");
            }
        }
    }

    /// <summary>Merges the layers' sorted subkeys, always two neighbours, until they are one.</summary>
    private void Merge(Span<Subkey> subkeys)
    {
        while (_runs.Count > 0)
        {
            var kept = 0;
            for (int i = 0, begin = 0; i < _runs.Count; i += 2)
            {
                var (middle, end) = (_runs[i], i + 1 < _runs.Count ? _runs[i + 1] : subkeys.Length);
                Merge(subkeys[begin..end], middle - begin);
                if (end < subkeys.Length) _runs[kept++] = end;
                begin = end;
            }

            _runs.RemoveRange(kept, _runs.Count - kept);
        }
    }

    private void Merge(Span<Subkey> subkeys, int middle)
    {
        if (Subkey.Compare(subkeys[middle - 1], subkeys[middle]) < 0) return;
        if (_spare.Length < middle) _spare = new Subkey[Math.Max(middle, _spare.Length * 2)];
        subkeys[..middle].CopyTo(_spare);
        for (int left = 0, right = middle, at = 0; left < middle; at++)
        {
            subkeys[at] = right == subkeys.Length || Subkey.Compare(_spare[left], subkeys[right]) < 0 ? _spare[left++] : subkeys[right++];
        }
    }

    /// <summary>Puts the keys of one name on the stack, up to the first that hides what is below it.</summary>
    /// <returns>Whether the base's key takes part too.</returns>
    private bool AddReached(string name, ref int at, int end)
    {
        var below = true;
        for (; at < end && RegistryNameComparer.Instance.Equals(_subkeys[at].Name, name); at++)
        {
            var key = _subkeys[at].Key;
            if (below && key.Mark != LayerMark.Tombstone) _keys.Add(key);
            below &= !Hides(key.Mark);
        }

        return below;
    }

    private static bool Hides(LayerMark mark) => mark is LayerMark.Tombstone or LayerMark.Supersede;

    /// <summary>Goes on to the first of the base's subkeys that doesn't come before a name.</summary>
    /// <returns>The subkey, if it has that name.</returns>
    private int Find(string name, ref int child)
    {
        while (child >= 0)
        {
            var order = WineNameOrder.Compare(foundation.Name(child), name);
            if (order == 0 && RegistryNameComparer.Equals(foundation.Name(child), name)) return child;
            if (order > 0) break;
            child = foundation.Next(child);
        }

        return WineRegistryText.None;
    }

    /// <summary>Whether anything is seen in a key: then it needs no section for itself.</summary>
    private bool HasSubkeys(int node, int first, int end)
    {
        var child = node < 0 ? WineRegistryText.None : foundation.FirstChild(node);
        for (var at = first; at < end;)
        {
            var name = _subkeys[at].Name;
            if (_subkeys[at].Key.Mark != LayerMark.Tombstone) return true;
            var before = child;
            var match = Find(name, ref child);
            if (before != child) return true;
            child = match >= 0 ? foundation.Next(child) : child;
            while (at < end && RegistryNameComparer.Instance.Equals(_subkeys[at].Name, name)) at++;
        }

        return child >= 0;
    }

    /// <summary>Writes the base's subkeys from one up to another, with all that is in them.</summary>
    private void CopyRun(int node, int from, int to, bool isRespelled)
    {
        if (from == to) return;
        var text = foundation.Bytes.Span[foundation.Piece(from).Start..(to >= 0 ? foundation.Piece(to).Start : foundation.Piece(node).End)];
        if (!isRespelled)
        {
            _output.Write(text);
            return;
        }

        while (text.Length > 0)
        {
            var length = WineRegistryText.SectionLength(text);
            _output.Write("\n["u8);
            _output.Write(_path.Written.Span);
            _output.Write(text[(2 + foundation.PathLength(node))..length]);
            text = text[length..];
        }
    }

    private void WriteSection(int node, int first, int count, bool hasSubkeys)
    {
        // One that supersedes locally is the last whose own content is seen.
        for (var i = 0; i < count; i++)
        {
            if (_keys[first + i].Mark == LayerMark.SupersedeLocal) (node, count) = (WineRegistryText.None, i + 1);
        }

        var text = node < 0 ? default : foundation.Section(node);
        var section = new WineSectionText(text);
        var (className, isLink, lastWrite) = ((string?)null, section.IsLink, default(FileTime));
        var (hasValues, layersHaveValues) = (section.ValuesAt < text.Length, false);
        for (var i = first; i < first + count; i++)
        {
            var key = _keys[i];
            className ??= key.Class is null ? null : tokens.Detokenise(key.Class);
            isLink |= key.IsLink;
            lastWrite = lastWrite.Ticks == 0 ? key.LastWrite : lastWrite;
            layersHaveValues |= key.Values.Count > 0;
        }

        className ??= section.Class;
        if (layersHaveValues)
        {
            CollectValues(section, text, first, count);
            hasValues = _values.Count > 0;
        }

        if (hasValues || !hasSubkeys || className is not null || isLink)
        {
            if (lastWrite.Ticks == 0 && node >= 0) lastWrite = foundation.LastWrite(node);
            _output.Write("\n["u8);
            _output.Write(_path.Written.Span);
            _output.Write("]"u8);
            Output.Attributes(WineRegistrySection.SecondsOf(lastWrite), lastWrite, className, isLink);
            if (!layersHaveValues) _output.Write(text[section.ValuesAt..]);
        }

        foreach (var value in _values)
        {
            if (value.Written is { } written) Output.Value(written);
            else _output.Write(text[value.Text]);
        }

        _values.Clear();
    }

    /// <summary>The values that are seen, in wineserver's order.</summary>
    private void CollectValues(WineSectionText section, ReadOnlySpan<byte> text, int first, int count)
    {
        var isSorted = true;
        for (var layer = 0; layer < count; layer++)
        {
            foreach (var value in _keys[first + layer].Values)
            {
                var written = _tokens.Detokenise(value);
                Add(new(written.Name, layer, written, default));
            }
        }

        for (var at = section.ValuesAt; at < text.Length;)
        {
            var length = section.ValueLength(at);
            Add(new(section.ValueName(at), count, null, at..(at + length)));
            at += length;
        }

        if (!isSorted) _values.Sort(Value.Compare);

        // The first of a name wins, and is seen if it is no tombstone.
        var kept = 0;
        for (int at = 0, next; at < _values.Count; at = next)
        {
            var value = _values[at];
            for (next = at + 1; next < _values.Count && RegistryNameComparer.Instance.Equals(_values[next].Name, value.Name);) next++;
            if (value.Written is not { IsTombstone: true }) _values[kept++] = value;
        }

        _values.RemoveRange(kept, _values.Count - kept);

        void Add(Value value)
        {
            isSorted &= _values.Count == 0 || Value.Compare(_values[^1], value) < 0;
            _values.Add(value);
        }
    }

    /// <summary>A layer's part of a subkey.</summary>
    private readonly record struct Subkey(string Name, RegistryKey Key, int Layer)
    {
        internal static int Compare(Subkey x, Subkey y) => WineComposer.Compare(x.Name, x.Layer, y.Name, y.Layer);
    }

    /// <summary>A value of a layer, or one of the base as text.</summary>
    private readonly record struct Value(string Name, int Layer, RegistryValue? Written, Range Text)
    {
        internal static int Compare(Value x, Value y) => WineComposer.Compare(x.Name, x.Layer, y.Name, y.Layer);
    }

    private static int Compare(string x, int xLayer, string y, int yLayer)
    {
        var order = WineNameOrder.Compare(x, y);
        if (order == 0) order = RegistryNameComparer.Compare(x, y);
        return order == 0 ? xLayer - yLayer : order;
    }
}
