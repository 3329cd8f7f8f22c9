using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace VirtSpecs.Yaml;

/// <summary>
/// Composes the events of YAML's parser to documents within limits, and hands them to the reader of specs. Aliases share the node
/// of their anchor; what they would expand to is counted without being made.
/// </summary>
internal sealed class YamlComposer(string text, SpecReader reader)
{
    /// <summary>The largest number of documents in a stream.</summary>
    public const int MaximumDocuments = 1000;

    /// <summary>The deepest nesting of lists and mappings.</summary>
    public const int MaximumDepth = 32;

    /// <summary>The largest number of nodes in a stream, aliases expanded.</summary>
    public const int MaximumNodes = 100_000;

    private readonly YamlEvents _events = new(text);
    private readonly Dictionary<string, Composed> _anchors = new(StringComparer.Ordinal);
    private int _nodes;

    /// <summary>Reads all documents, up to the first fault of the syntax or limit that is passed.</summary>
    public void ReadDocuments()
    {
        try
        {
            var documents = 0;
            while (_events.MoveNext() && !reader.IsFull)
            {
                if (_events.Current is DocumentStart start)
                {
                    if (++documents > MaximumDocuments)
                    {
                        throw Refuse(start, $"has more than {MaximumDocuments} documents");
                    }

                    ReadDocument();
                }
            }
        }
        catch (YamlException fault)
        {
            var tab = FindTab((int)fault.Start.Line, (int)_events.Position.Line);
            reader.AddError(tab ?? ToPosition(fault.Start), fault.Message, tab is null ? null : "indent with spaces, not with tabs");
        }
    }

    private static SpecPosition ToPosition(in Mark mark) => new((int)mark.Line, (int)mark.Column);

    private static YamlException Refuse(ParsingEvent at, string message) => new(at.Start, at.End, message);

    private void ReadDocument()
    {
        _anchors.Clear();
        _events.MoveNext();
        var isEmpty = _events.Current is Scalar { Value: "", Style: ScalarStyle.Plain, Tag.IsEmpty: true, Anchor.IsEmpty: true };
        var root = Compose(depth: 0);
        if (!isEmpty && root is not null)
        {
            reader.Add(root.Node);
        }
    }

    // The node that starts at the current event, which is its last one afterwards; null where an alias leads nowhere.
    private Composed? Compose(int depth)
    {
        var current = _events.Current;
        if (current is AnchorAlias alias)
        {
            return Follow(alias, depth);
        }

        Count(current, 1);
        Composed composed;
        switch (current)
        {
            case Scalar scalar:
                composed = new(ComposeScalar(scalar), 1, 0);
                break;
            case SequenceStart sequence:
                CheckTag(sequence, CoreSchema.IsSequenceTag);
                composed = ComposeSequence(sequence, depth + 1);
                break;
            case MappingStart mapping:
                CheckTag(mapping, CoreSchema.IsMappingTag);
                composed = ComposeMapping(mapping, depth + 1);
                break;
            default:
                throw Refuse(current, $"has {current.GetType().Name} where a value should be");
        }

        if (current is NodeEvent { Anchor.IsEmpty: false } anchored)
        {
            _anchors[anchored.Anchor.Value] = composed;
        }

        return composed;
    }

    private Composed? Follow(AnchorAlias alias, int depth)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var target))
        {
            var anchor = Quoting.Quote(alias.Value.Value);
            reader.AddError(ToPosition(alias.Start), $"has no complete value with the anchor {anchor} before this");
            return null;
        }

        Count(alias, target.Size);
        CheckDepth(alias, depth + target.Height);
        return target;
    }

    private SpecScalar ComposeScalar(Scalar scalar)
    {
        var position = ToPosition(scalar.Start);
        if (scalar.Tag.IsEmpty)
        {
            return new(scalar.Value, scalar.Style == ScalarStyle.Plain ? CoreSchema.Resolve(scalar.Value) : ScalarKind.Text, position);
        }

        var kind = CoreSchema.ResolveTag(scalar.Tag.Value);
        if (kind is null)
        {
            RefuseTag(scalar);
        }

        return new(scalar.Value, kind ?? ScalarKind.Text, position);
    }

    private Composed ComposeSequence(SequenceStart start, int depth)
    {
        CheckDepth(start, depth);
        var items = new List<SpecNode>();
        var (size, height) = (1, 0);
        while (_events.MoveNext() && _events.Current is not SequenceEnd)
        {
            if (Compose(depth) is { } item)
            {
                items.Add(item.Node);
                (size, height) = (size + item.Size, Math.Max(height, item.Height));
            }
        }

        return new(new SpecSequence(items, ToPosition(start.Start)), size, height + 1);
    }

    private Composed ComposeMapping(MappingStart start, int depth)
    {
        CheckDepth(start, depth);
        var entries = new List<(SpecScalar, SpecNode)>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var (size, height) = (1, 0);
        while (_events.MoveNext() && _events.Current is not MappingEnd)
        {
            var isMergeKey = _events.Current is Scalar { Value: "<<", Style: ScalarStyle.Plain };
            var keyPosition = ToPosition(_events.Current.Start);
            var key = Compose(depth);
            _events.MoveNext();
            var value = Compose(depth);
            size += (key?.Size ?? 0) + (value?.Size ?? 0);
            height = Math.Max(height, Math.Max(key?.Height ?? 0, value?.Height ?? 0));
            if (isMergeKey)
            {
                reader.AddError(keyPosition, "has a merge key (<<), which specs don't have",
                    "write the keys out, or use an alias as a value");
            }
            else if (key is { Node: not SpecScalar { Kind: not ScalarKind.Null } })
            {
                reader.AddError(keyPosition, $"has {key.Node.Noun} where a key should be");
            }
            else if (key is { Node: SpecScalar name } && !keys.Add(name.Text))
            {
                reader.AddError(keyPosition, $"has the key {Quoting.Quote(name.Text)} twice in one mapping");
            }
            else if (key is not null && value is not null)
            {
                entries.Add(((SpecScalar)key.Node, value.Node));
            }
        }

        return new(new SpecMapping(entries, ToPosition(start.Start)), size, height + 1);
    }

    private void CheckTag(NodeEvent node, Func<string, bool> isAllowed)
    {
        if (!node.Tag.IsEmpty && !isAllowed(node.Tag.Value))
        {
            RefuseTag(node);
        }
    }

    private void RefuseTag(NodeEvent node) =>
        reader.AddError(ToPosition(node.Start), $"has the tag {Quoting.Quote(node.Tag.Value)}, which specs don't have", "leave it out");

    private void Count(ParsingEvent at, int nodes)
    {
        if (nodes > MaximumNodes - _nodes)
        {
            throw Refuse(at, $"has more than {MaximumNodes} values, aliases expanded");
        }

        _nodes += nodes;
    }

    private static void CheckDepth(ParsingEvent at, int depth)
    {
        if (depth > MaximumDepth)
        {
            throw Refuse(at, $"is nested deeper than {MaximumDepth} levels");
        }
    }

    // The first tab that indents one of the lines. The parser blames the mapping around it.
    private SpecPosition? FindTab(int firstLine, int lastLine)
    {
        var line = 0;
        foreach (var content in text.AsSpan().EnumerateLines())
        {
            var tab = content[..^content.TrimStart().Length].IndexOf('\t');
            if (++line >= firstLine && line <= lastLine && tab >= 0)
            {
                return new(line, tab + 1);
            }
        }

        return null;
    }

    /// <summary>A node with the number of nodes in it, aliases expanded, and of the levels in it.</summary>
    private sealed record Composed(SpecNode Node, int Size, int Height);
}
