using System.Text.Json.Nodes;

namespace VirtSpecs;

/// <summary>Durations.</summary>
internal sealed class DurationType(SpecMemberAttribute attribute) : RangedType<TimeSpan>(attribute)
{
    public override string Description => "a duration such as 30s, 5m or 1h30m";

    protected override ScalarKind Kind => ScalarKind.Text;

    public override JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = Duration.Pattern };

    protected override bool TryParse(string text, out TimeSpan value) => Duration.TryParse(text, out value);

    protected override string Format(TimeSpan value) => Duration.Format(value);

    protected override bool IsMultiple(TimeSpan value, TimeSpan unit) => value.Ticks % unit.Ticks == 0;

    protected override string? FindFault(TimeSpan value) =>
        Duration.IsWritable(value) ? base.FindFault(value) : "must be whole milliseconds, not negative";

    protected override string? Suggest(SpecScalar scalar) =>
        scalar.Kind == ScalarKind.Integer && Duration.TryParse(scalar.Text + "s", out _) ? $"write {scalar.Text}s for seconds" : null;
}
