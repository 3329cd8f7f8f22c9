using System.Globalization;
using System.Text.Json.Nodes;

namespace VirtSpecs;

/// <summary>Names with texts.</summary>
internal sealed class LabelsType(TextType value, int maximumItems) : SpecType
{
    private static readonly TextType Name = new(TextForm.Name, int.MaxValue);

    public override string Description => "a mapping of names to texts";

    public override string Limits =>
        string.Create(CultureInfo.InvariantCulture, $"At most {maximumItems} names. {value.Limits} each");

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
            if (Name.Read(key, entryPath, report) is string name && value.Read(text, entryPath, report) is string content)
            {
                labels.Add(new(name, content));
            }
        }

        return labels.Count == mapping.Entries.Count ? new LabelDictionary(labels) : null;
    }

    public override SpecNode Write(object labels) => new SpecMapping(
        [.. ((LabelDictionary)labels).Select(pair => ((SpecScalar)Name.Write(pair.Key), value.Write(pair.Value)))]);

    public override string Format(object labels) => labels.ToString()!;

    public override JsonObject Schema() => new()
    {
        ["type"] = "object",
        ["maxProperties"] = maximumItems,
        ["propertyNames"] = Name.Schema(),
        ["additionalProperties"] = value.Schema(),
    };

    public override void Check(object labels, string path, SpecReport report)
    {
        if (IsShortEnough(((LabelDictionary)labels).Count, path, report))
        {
            foreach (var (name, text) in (LabelDictionary)labels)
            {
                var entryPath = $"{path}.{Quoting.Shorten(name)}";
                Name.Check(name, entryPath, report);
                value.Check(text, entryPath, report);
            }
        }
    }

    private bool IsShortEnough(int count, string path, SpecReport report)
    {
        if (count > maximumItems)
        {
            report.Add(path, string.Create(CultureInfo.InvariantCulture, $"must have at most {maximumItems} names, not {count}"));
        }

        return count <= maximumItems;
    }
}
