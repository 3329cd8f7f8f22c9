namespace VirtSpecs;

/// <summary>Keys with values, in order. Keys are distinct: who builds a mapping reports duplicates.</summary>
internal sealed class SpecMapping(IReadOnlyList<(SpecScalar Key, SpecNode Value)> entries, SpecPosition position = default)
    : SpecNode(position)
{
    /// <summary>The keys and values, in order.</summary>
    public IReadOnlyList<(SpecScalar Key, SpecNode Value)> Entries { get; } = entries;

    public override string Noun => "a mapping";

    /// <summary>The value of a key, if it is there.</summary>
    public SpecNode? Find(string key) => Entries.FirstOrDefault(entry => entry.Key.Text == key).Value;
}
