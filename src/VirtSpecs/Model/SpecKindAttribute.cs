namespace VirtSpecs;

/// <summary>Marks a record as a kind of spec; the record's name is the kind's.</summary>
/// <param name="description">What a document of the kind describes.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class SpecKindAttribute(string description) : Attribute
{
    /// <summary>What a document of the kind describes.</summary>
    public string Description { get; } = description;
}
