namespace VirtSpecs;

/// <summary>How far a change is.</summary>
/// <param name="Status">What is being done, in a few words.</param>
/// <param name="Percent">How much of it is done, 0 to 100; null where nobody knows.</param>
public readonly record struct SpecProgress(string Status, int? Percent = null);
