using System.Globalization;
using System.Text.Json.Nodes;

namespace VirtSpecs;

/// <summary>Whole numbers, in decimal.</summary>
internal sealed class IntegerType(SpecMemberAttribute attribute) : RangedType<int>(attribute)
{
    public override string Description => "a whole number";

    protected override ScalarKind Kind => ScalarKind.Integer;

    public override JsonObject Schema()
    {
        var schema = new JsonObject { ["type"] = "integer" };
        if (Minimum is { } minimum)
        {
            schema["minimum"] = minimum;
        }

        if (Maximum is { } maximum)
        {
            schema["maximum"] = maximum;
        }

        return schema;
    }

    protected override bool TryParse(string text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    protected override string Format(int value) => value.ToString(CultureInfo.InvariantCulture);

    protected override bool IsMultiple(int value, int unit) => value % unit == 0;

    protected override string? Suggest(SpecScalar scalar) => scalar.Kind switch
    {
        ScalarKind.Text when TryParse(scalar.Text, out _) => $"write {scalar.Text} without quotes",
        ScalarKind.Integer => $"write it in decimal, {Limits}",
        _ => null,
    };
}
