namespace AppLayer.Registry.Stacking;

/// <summary>One layer's part in a key or value.</summary>
/// <param name="Layer">The layer's name.</param>
/// <param name="Role">What it does.</param>
/// <param name="At">The path of the key where it does so: the one that was asked for, or one above it.</param>
public readonly record struct RegistryParty(string Layer, RegistryRole Role, string At);
