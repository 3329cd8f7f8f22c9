using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VirtSpecs;

/// <summary>One of some words.</summary>
internal sealed class EnumerationType : ScalarType<Enum>
{
    private readonly Dictionary<string, Enum> _values = new(StringComparer.Ordinal);
    private readonly HashSet<Enum> _unsupported = [];

    public EnumerationType(Type type)
    {
        foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            var value = (Enum)field.GetValue(null)!;
            _values.Add(JsonNamingPolicy.CamelCase.ConvertName(field.Name), value);
            if (field.IsDefined(typeof(UnsupportedAttribute)))
            {
                _unsupported.Add(value);
            }
        }
    }

    public override string Description => $"one of {string.Join(", ", _values.Keys)}";

    protected override ScalarKind Kind => ScalarKind.Text;

    /// <summary>The words that this version can't carry out.</summary>
    public IEnumerable<string> Unsupported => _values.Where(pair => _unsupported.Contains(pair.Value)).Select(pair => pair.Key);

    public override JsonObject Schema() => new() { ["enum"] = new JsonArray([.. _values.Keys.Select(word => JsonValue.Create(word))]) };

    public override void Check(object value, string path, SpecReport report)
    {
        base.Check(value, path, report);
        if (report.IncludeUnsupported && _unsupported.Contains((Enum)value))
        {
            var supported = string.Join(", ", _values.Keys.Except(Unsupported));
            report.Add(path, $"'{Format(value)}' is not supported by this version", $"supported: {supported}");
        }
    }

    protected override bool TryParse(string text, out Enum value) => _values.TryGetValue(text, out value!);

    protected override string Format(Enum value) => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    protected override string? FindFault(Enum value) => _values.ContainsValue(value) ? null : $"must be {Description}, not {value:D}";

    protected override string? Suggest(SpecScalar scalar) =>
        Nearest.Find(scalar.Text, _values.Keys) is { } nearest ? $"did you mean {nearest}?" : null;
}
