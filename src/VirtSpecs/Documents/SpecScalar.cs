namespace VirtSpecs;

/// <summary>A single value.</summary>
internal sealed class SpecScalar(string text, ScalarKind kind, SpecPosition position = default) : SpecNode(position)
{
    /// <summary>The value's text.</summary>
    public string Text { get; } = text;

    /// <summary>What the text is by the format's rules.</summary>
    public ScalarKind Kind { get; } = kind;

    public override string Noun => Kind switch
    {
        ScalarKind.Null => "nothing",
        ScalarKind.Boolean => $"the boolean {Text}",
        ScalarKind.Integer or ScalarKind.Float => $"the number {Quoting.Shorten(Text)}",
        _ => $"the text {Quoting.Quote(Text)}",
    };
}
