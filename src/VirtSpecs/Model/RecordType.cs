using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VirtSpecs;

/// <summary>Records: mappings with known keys.</summary>
internal sealed class RecordType : SpecType
{
    private static readonly ConcurrentDictionary<Type, RecordType> Types = new();

    private readonly Type _type;

    private RecordType(Type type)
    {
        _type = type;
        var defaults = Activator.CreateInstance(type)!;
        Members =
        [
            .. type.GetProperties()
                .OrderBy(property => property.DeclaringType == type)
                .ThenBy(property => property.MetadataToken)
                .Select(property => (property, attribute: property.GetCustomAttribute<SpecMemberAttribute>()))
                .Where(pair => pair.attribute is not null)
                .Select(pair => new SpecMember(pair.property, pair.attribute!, defaults)),
        ];
    }

    /// <summary>The members: a base's first, each in the order of its declaration.</summary>
    public IReadOnlyList<SpecMember> Members { get; }

    public override string Description => "a mapping";

    /// <summary>The description of a record's type.</summary>
    public static RecordType Of(Type type) => Types.GetOrAdd(type, static type => new(type));

    public override object? Read(SpecNode node, string path, SpecReport report) => Read(node, path, report, []);

    /// <summary>Reads a record from a mapping in which some keys are somebody else's.</summary>
    public object? Read(SpecNode node, string path, SpecReport report, IReadOnlyList<string> foreignKeys)
    {
        if (node is not SpecMapping mapping)
        {
            report.Add(path, $"must be a mapping, not {node.Noun}", null, node.Position);
            return null;
        }

        var errorsBefore = report.Count;
        var record = Activator.CreateInstance(_type)!;
        var known = foreignKeys.Concat(Members.Select(member => member.Key)).ToArray();
        foreach (var (key, _) in mapping.Entries.Where(entry => !known.Contains(entry.Key.Text)))
        {
            report.Add(Join(path, Quoting.Shorten(key.Text)), "is not a known key", Nearest.Hint(key.Text, known), key.Position);
        }

        foreach (var member in Members)
        {
            var memberPath = Join(path, member.Key);
            var (key, value) = mapping.Entries.FirstOrDefault(entry => entry.Key.Text == member.Key);
            if (key is not null)
            {
                report.Positions[memberPath] = value.Position;
                member.Initialize(record, member.Type.Read(value, memberPath, report));
            }
            else if (member.IsRequired)
            {
                report.Add(memberPath, "is required", null, mapping.Position);
            }
        }

        if (report.Count == errorsBefore)
        {
            CheckRules(record, path, report);
        }

        return report.Count == errorsBefore ? record : null;
    }

    public override SpecNode Write(object value) => new SpecMapping([.. WriteMembers(value)]);

    /// <summary>The members that differ from their defaults, or are required.</summary>
    public IEnumerable<(SpecScalar Key, SpecNode Value)> WriteMembers(object record) =>
        from member in Members
        let value = member.Get(record)
        where value is not null && (member.IsRequired || !value.Equals(member.Default))
        select (new SpecScalar(member.Key, ScalarKind.Text), member.Type.Write(value));

    public override string Format(object value) =>
        $"{{{string.Join(", ", from member in Members
                               let part = member.Get(value)
                               where part is not null && (member.IsRequired || !part.Equals(member.Default))
                               select $"{member.Key}: {member.Type.Format(part)}")}}}";

    public override JsonObject Schema()
    {
        var properties = new JsonObject();
        foreach (var member in Members)
        {
            var schema = member.Type.Schema();
            schema["description"] = member.Summary;
            if (member.Default is { } value && !member.IsRequired)
            {
                schema["default"] = SpecJson.ToJson(member.Type.Write(value));
            }

            properties[member.Key] = schema;
        }

        return new()
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["required"] = new JsonArray([.. Members.Where(member => member.IsRequired).Select(member => JsonValue.Create(member.Key))]),
            ["additionalProperties"] = false,
        };
    }

    public override void Check(object value, string path, SpecReport report)
    {
        var errorsBefore = report.Count;
        foreach (var member in Members)
        {
            var memberPath = Join(path, member.Key);
            var memberValue = member.Get(value);
            if (memberValue is null)
            {
                if (member.IsRequired || member.Default is not null)
                {
                    report.Add(memberPath, "is required");
                }
            }
            else if (report.IncludeUnsupported && member.IsUnsupported && !memberValue.Equals(member.Default))
            {
                report.Add(memberPath, "is not supported by this version", "leave it out");
            }
            else
            {
                member.Type.Check(memberValue, memberPath, report);
            }
        }

        if (report.Count == errorsBefore)
        {
            CheckRules(value, path, report);
        }
    }

    public override object Root(object value, string directory) =>
        Copy(value, (member, part) => member.Type.Root(part, directory));

    /// <summary>Where two records differ: members, or members of records in both.</summary>
    public IEnumerable<SpecDifference> Compare(
        object from, object to, string path = "", bool needsRestart = false, bool makesAnew = false)
    {
        foreach (var member in Members)
        {
            var (left, right) = (member.Get(from), member.Get(to));
            if (Equals(left, right))
            {
                continue;
            }

            var memberPath = Join(path, member.Key);
            var memberNeedsRestart = needsRestart || member.NeedsRestart;
            var memberMakesAnew = makesAnew || member.MakesAnew;
            if (member.Type is RecordType record && left is not null && right is not null)
            {
                foreach (var difference in record.Compare(left, right, memberPath, memberNeedsRestart, memberMakesAnew))
                {
                    yield return difference;
                }
            }
            else
            {
                yield return new(memberPath, left, right, member.Type, memberNeedsRestart, memberMakesAnew);
            }
        }
    }

    /// <summary>A copy of a record in which one member, named by its path, has another value.</summary>
    public object With(object record, string path, object? value)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        var key = dot < 0 ? path : path[..dot];
        var found = Members.Single(member => member.Key == key);
        var copy = Copy(record, static (_, part) => part);
        found.Initialize(copy, dot < 0 ? value : ((RecordType)found.Type).With(found.Get(record)!, path[(dot + 1)..], value));
        return copy;
    }

    /// <summary>A path below another.</summary>
    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private object Copy(object record, Func<SpecMember, object, object> convert)
    {
        var copy = Activator.CreateInstance(_type)!;
        foreach (var member in Members)
        {
            member.Initialize(copy, member.Get(record) is { } part ? convert(member, part) : null);
        }

        return copy;
    }

    private static void CheckRules(object record, string path, SpecReport report)
    {
        foreach (var (property, message, hint) in (record as ISpecRules)?.FindViolations() ?? [])
        {
            report.Add(property is null ? path : Join(path, JsonNamingPolicy.CamelCase.ConvertName(property)), message, hint);
        }
    }
}
