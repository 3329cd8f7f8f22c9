using System.Text;
using AppLayer.Registry.Text;

namespace AppLayer.Wine;

/// <summary>
/// A registry file of Wine as text, with the places of its keys in it. wineserver writes keys depth first and sorted, so a key with all that
/// is in it is one piece of the text. Most pieces are only ever copied or compared, not read.
/// </summary>
internal sealed class WineRegistryText
{
    /// <summary>The base key.</summary>
    internal const int Root = 0;

    /// <summary>No key.</summary>
    internal const int None = -1;

    private readonly ReadOnlyMemory<byte> _bytes;
    private Node[] _nodes = new Node[1024];
    private int _count;
    private char[] _names = new char[16 * 1024];
    private int _namesLength;

    private WineRegistryText(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    /// <summary>The file's content.</summary>
    internal ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>What stands before the first key.</summary>
    internal ReadOnlySpan<byte> Head => _bytes.Span[.._nodes[Root].Start];

    /// <summary>Finds the keys of a file. One that isn't as wineserver would write it is put into that form.</summary>
    /// <exception cref="WineRegistryException">It is not a Wine registry file, or beyond the limits.</exception>
    internal static WineRegistryText Read(ReadOnlyMemory<byte> bytes, string baseKey)
    {
        var text = new WineRegistryText(bytes);
        if (!text.TryFindKeys())
        {
            var file = WineRegistryFile.Parse(bytes.Span);
            text = new(WineRegistryFile.FromTree(file.ToTree(), file.BaseKey ?? baseKey, file.Architecture).Write());
            if (!text.TryFindKeys())
            {
                throw new WineRegistryException(1, 1, "names of keys that differ to Wine");
            }
        }

        return text;
    }

    /// <summary>The key's first subkey, or <see cref="None"/>.</summary>
    internal int FirstChild(int node) => _nodes[node].FirstChild;

    /// <summary>The next subkey of the same key, or <see cref="None"/>.</summary>
    internal int Next(int node) => _nodes[node].Next;

    internal ReadOnlySpan<char> Name(int node) => _names.AsSpan(_nodes[node].NameStart, _nodes[node].NameLength);

    /// <summary>Where the key's piece of the text begins, and where it ends.</summary>
    internal Range Piece(int node) => _nodes[node].Start.._nodes[node].End;

    /// <summary>The bytes that the key's path has at the beginning of all paths in its piece.</summary>
    internal int PathLength(int node) => _nodes[node].PathEnd;

    /// <summary>What the text says of the key itself; empty if it is only named on the way to others.</summary>
    internal ReadOnlySpan<byte> Section(int node) => _nodes[node].Section < 0 ? default : _bytes.Span[_nodes[node].Section.._nodes[node].SectionEnd];

    /// <summary>The key's piece of the text.</summary>
    internal ReadOnlySpan<byte> PieceText(int node) => _bytes.Span[Piece(node)];

    /// <summary>When the key was changed last: what its section says, or the first one below it that says something.</summary>
    internal FileTime LastWrite(int node)
    {
        var rest = PieceText(node);
        while (rest.Length > 0)
        {
            var length = SectionLength(rest);
            if (new WineSectionText(rest[..length]).LastWrite is { Ticks: > 0 } time) return time;
            rest = rest[length..];
        }

        return default;
    }

    /// <summary>The length of the first section in a piece of text, which begins with the line break before the bracket.</summary>
    internal static int SectionLength(ReadOnlySpan<byte> piece)
    {
        var next = piece[2..].IndexOf("\n["u8);
        return next < 0 ? piece.Length : next + 2;
    }

    /// <returns>False if the text isn't as wineserver writes it.</returns>
    private bool TryFindKeys()
    {
        var text = _bytes.Span;
        if (!text.StartsWith("WINE REGISTRY Version 2\n"u8) || !Ascii.IsValid(text) || text[^1] != '\n' || text.ContainsAny((byte)'\r', (byte)0))
        {
            return false;
        }

        var start = text.IndexOf("\n["u8);
        var chain = new List<int>();
        AddNode(new() { Start = start < 0 ? text.Length : start, End = text.Length, Section = None });
        chain.Add(Root);
        var last = ReadOnlySpan<byte>.Empty;
        while (start >= 0 && start < text.Length)
        {
            var end = start + SectionLength(text[start..]);
            var line = text[(start + 2)..end];
            line = line[..Math.Max(0, line.IndexOf((byte)'\n'))];
            var bracket = line.LastIndexOf((byte)']');

            // A blank line is before every key.
            if (text[start - 1] != '\n' || bracket < 0 || !TryAdd(chain, last, line[..bracket], start, end)) return false;
            last = line[..bracket];
            start = end;
        }

        foreach (var node in chain) _nodes[node].End = text.Length;
        return true;
    }

    private bool TryAdd(List<int> chain, ReadOnlySpan<byte> last, ReadOnlySpan<byte> path, int start, int end)
    {
        if (path.Length == 0)
        {
            (_nodes[Root].Section, _nodes[Root].SectionEnd) = (start, end);
            return _count == 1 && _nodes[Root].Start == start;
        }

        // Most of the way is that of the key before.
        var common = last.CommonPrefixLength(path);
        while (chain.Count > 1 && _nodes[chain[^1]].PathEnd is var pathEnd && (pathEnd > common || !path[pathEnd..].StartsWith(@"\\"u8)))
        {
            if (pathEnd == path.Length && pathEnd == common) return false;
            _nodes[chain[^1]].End = start;
            chain.RemoveAt(chain.Count - 1);
        }

        var at = chain.Count == 1 ? 0 : _nodes[chain[^1]].PathEnd + 2;
        while (at <= path.Length)
        {
            var length = NameLength(path[at..]);
            if (length == 0 || !TryAddChild(chain[^1], path.Slice(at, length), at + length, start)) return false;
            chain.Add(_count - 1);
            at += length + 2;
        }

        if (chain.Count - 1 > Registry.RegistryLimits.Depth) return false;
        (_nodes[_count - 1].Section, _nodes[_count - 1].SectionEnd) = (start, end);
        return true;
    }

    private bool TryAddChild(int parent, ReadOnlySpan<byte> name, int pathEnd, int start)
    {
        if (_names.Length - _namesLength < name.Length) Array.Resize(ref _names, Math.Max(_names.Length * 2, _namesLength + name.Length));
        var length = WineEscape.Read(name, _names.AsSpan(_namesLength));
        var before = _nodes[parent].LastChild;
        if (before > 0 && WineNameOrder.Compare(Name(before), _names.AsSpan(_namesLength, length)) >= 0) return false;
        if (before > 0) _nodes[before].Next = _count;
        else _nodes[parent].FirstChild = _count;
        _nodes[parent].LastChild = _count;
        AddNode(new() { Start = start, PathEnd = pathEnd, NameStart = _namesLength, NameLength = length, Section = None });
        _namesLength += length;
        return true;
    }

    private void AddNode(Node node)
    {
        if (_count == _nodes.Length) Array.Resize(ref _nodes, _count * 2);
        _nodes[_count++] = node with { FirstChild = None, LastChild = None, Next = None };
    }

    /// <summary>The length of a path's first part.</summary>
    private static int NameLength(ReadOnlySpan<byte> path)
    {
        for (var at = 0; ; at += 2)
        {
            var backslash = path[at..].IndexOf((byte)'\\');
            if (backslash < 0) return path.Length;
            at += backslash;
            if (at + 1 >= path.Length) return path.Length;
            if (path[at + 1] == '\\') return at;
        }
    }

    /// <summary>A key's links to others, and its places in the text.</summary>
    private record struct Node
    {
        internal int FirstChild, LastChild, Next, NameStart, NameLength, PathEnd, Section, SectionEnd, Start, End;
    }
}
