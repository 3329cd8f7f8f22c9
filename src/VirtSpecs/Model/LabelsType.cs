using System.Globalization;
using System.Text.Json.Nodes;

namespace VirtSpecs;

/// <summary>Names with texts.</summary>
internal sealed class LabelsType(SpecMemberAttribute attribute) : SpecType
{
    private readonly TextType _name = new(attribute.NameForm, int.MaxValue);
    private readonly TextType _value = new(attribute.Form, attribute.MaximumLength);
    private readonly int _maximumItems = attribute.MaximumItems;

    public override string Description => "a mapping of names to texts";

    public override string Limits =>
        string.Create(CultureInfo.InvariantCulture, $"At most {_maximumItems} names. {_value.Limits} each");

    public override object? Read(SpecNode node, string path, SpecReport report)
    {
        if (node is not SpecMapping mapping)
        {
            report.Add(path, $"must be {Description}, not {node.Noun}", null, node.Position);
            return null;
        }

        var labels = new List<KeyValuePair<string, string>>();
        if (!IsShortEnough(mapping.Entries.Count, path, report))
        {
            return null;
        }

        foreach (var (key, text) in mapping.Entries)
        {
            var entryPath = $"{path}.{Quoting.Shorten(key.Text)}";
            report.Positions[entryPath] = key.Position;
            if (_name.Read(key, entryPath, report) is string name && _value.Read(text, entryPath, report) is string content)
            {
                labels.Add(new(name, content));
            }
        }

        return labels.Count == mapping.Entries.Count ? new LabelDictionary(labels) : null;
    }

    public override SpecNode Write(object labels) => new SpecMapping(
        [.. ((LabelDictionary)labels).Select(pair => ((SpecScalar)_name.Write(pair.Key), _value.Write(pair.Value)))]);

    public override string Format(object labels) => labels.ToString()!;

    public override JsonObject Schema() => new()
    {
        ["type"] = "object",
        ["maxProperties"] = _maximumItems,
        ["propertyNames"] = _name.Schema(),
        ["additionalProperties"] = _value.Schema(),
    };

    public override void Check(object labels, string path, SpecReport report)
    {
        if (IsShortEnough(((LabelDictionary)labels).Count, path, report))
        {
            foreach (var (name, text) in (LabelDictionary)labels)
            {
                var entryPath = $"{path}.{Quoting.Shorten(name)}";
                _name.Check(name, entryPath, report);
                _value.Check(text, entryPath, report);
            }
        }
    }

    private bool IsShortEnough(int count, string path, SpecReport report)
    {
        if (count > _maximumItems)
        {
            report.Add(path, string.Create(CultureInfo.InvariantCulture, $"must have at most {_maximumItems} names, not {count}"));
        }

        return count <= _maximumItems;
    }
}
