namespace VirtSpecs;

/// <summary>A switch that a spec refers to.</summary>
/// <param name="Path">The key that does, such as <c>networks[0].switch</c>.</param>
/// <param name="Name">The switch's name.</param>
internal readonly record struct SwitchUse(string Path, string Name);
