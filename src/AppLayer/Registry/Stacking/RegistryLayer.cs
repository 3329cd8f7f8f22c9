namespace AppLayer.Registry.Stacking;

/// <summary>A layer of a stack.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Tree">Its keys, with marks for what it deletes or replaces. The root's name is empty.</param>
public sealed record RegistryLayer(string Name, RegistryKey Tree);
