namespace AppLayer.Footprint;

/// <summary>A key of a registry, as far as a footprint has it: its time is none.</summary>
/// <param name="Path">The path, which begins with the root's name.</param>
/// <param name="Class">The class that was given when it was made, or null.</param>
/// <param name="IsLink">Whether it is a symbolic link.</param>
internal sealed record ObservedKey(string Path, string? Class, bool IsLink);
