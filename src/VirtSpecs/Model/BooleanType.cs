using System.Text.Json.Nodes;

namespace VirtSpecs;

/// <summary>Yes or no.</summary>
internal sealed class BooleanType : ScalarType<bool>
{
    public override string Description => "true or false";

    protected override ScalarKind Kind => ScalarKind.Boolean;

    public override JsonObject Schema() => new() { ["type"] = "boolean" };

    protected override bool TryParse(string text, out bool value) => bool.TryParse(text, out value);

    protected override string Format(bool value) => value ? "true" : "false";

    protected override string? FindFault(bool value) => null;

    protected override string? Suggest(SpecScalar scalar) => scalar.Text.ToUpperInvariant() switch
    {
        "YES" or "ON" or "Y" or "TRUE" => "write true",
        "NO" or "OFF" or "N" or "FALSE" => "write false",
        _ => null,
    };
}
