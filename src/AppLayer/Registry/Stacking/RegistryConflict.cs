namespace AppLayer.Registry.Stacking;

/// <summary>A place where two layers of a stack disagree.</summary>
/// <param name="Path">The key's path.</param>
/// <param name="Value">The value's name; null if it is about the key.</param>
/// <param name="Kind">How they disagree.</param>
/// <param name="Upper">The name of the layer that wins.</param>
/// <param name="Lower">The name of the layer that loses.</param>
public readonly record struct RegistryConflict(string Path, string? Value, RegistryConflictKind Kind, string Upper, string Lower);
