using System.Text.Json.Nodes;

namespace VirtSpecs;

/// <summary>References to layers.</summary>
internal sealed class LayerReferenceType : ScalarType<LayerReference>
{
    public override string Description => "a layer such as node or node@22.23.3";

    protected override ScalarKind Kind => ScalarKind.Text;

    public override JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = LayerReference.Pattern };

    protected override bool TryParse(string text, out LayerReference value) => LayerReference.TryParse(text, out value);

    protected override string Format(LayerReference value) => value.ToString();

    protected override string? FindFault(LayerReference value) => value == default ? $"must be {Description}, not empty" : null;

    protected override string? Suggest(SpecScalar scalar) =>
        LayerReference.TryParse(scalar.Text, out _) ? $"write \"{scalar.Text}\" in quotes" : null;
}
