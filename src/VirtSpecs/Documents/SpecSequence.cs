namespace VirtSpecs;

/// <summary>A list of values.</summary>
internal sealed class SpecSequence(IReadOnlyList<SpecNode> items, SpecPosition position = default) : SpecNode(position)
{
    /// <summary>The items, in order.</summary>
    public IReadOnlyList<SpecNode> Items { get; } = items;

    public override string Noun => "a list";
}
