namespace AppLayer.Registry.Views;

/// <summary>Where a path leads.</summary>
/// <param name="Status">How the search ended.</param>
/// <param name="Path">The place, with links, the 32-bit view and the current control set replaced by what they stand for.</param>
/// <param name="Key">The key that is there, or null.</param>
public readonly record struct RegistryResolution(ResolutionStatus Status, RegistryPath Path, RegistryKey? Key);
