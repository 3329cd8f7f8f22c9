namespace AppLayer.Store;

/// <summary>One thing that a check found.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="Code">What it is.</param>
/// <param name="Path">The token path or the registry's path that it is about; empty if it is the layer as a whole.</param>
/// <param name="Message">What is wrong, for people.</param>
public sealed record LayerFinding(FindingSeverity Severity, FindingCode Code, string Path, string Message);
