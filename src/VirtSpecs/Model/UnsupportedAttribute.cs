namespace VirtSpecs;

/// <summary>
/// Marks a key, or a value of an enumeration, which the document format has and this version can't carry out yet.
/// Documents that use it can be read and written; testing and planning refuse them. Remove the mark with the feature's arrival.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class UnsupportedAttribute : Attribute;
