namespace VirtSpecs;

/// <summary>A member in which two records of one type differ.</summary>
/// <param name="Path">The member, such as <c>stop.timeout</c>.</param>
/// <param name="From">The first record's value.</param>
/// <param name="To">The second record's value.</param>
/// <param name="Type">The values' type.</param>
/// <param name="NeedsRestart">Whether a running thing must be stopped for the change.</param>
/// <param name="MakesAnew">Whether the thing must be made anew for the change.</param>
internal sealed record SpecDifference(string Path, object? From, object? To, SpecType Type, bool NeedsRestart, bool MakesAnew);
