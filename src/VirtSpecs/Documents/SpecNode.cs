namespace VirtSpecs;

/// <summary>A part of a document as a text format hands it over, before anything is known of its meaning.</summary>
internal abstract class SpecNode(SpecPosition position)
{
    /// <summary>Where the part starts.</summary>
    public SpecPosition Position { get; } = position;

    /// <summary>What the part is, for messages.</summary>
    public abstract string Noun { get; }
}
