namespace AppLayer.Registry.Hive;

/// <summary>Where the cells are that a key leads to; <see cref="HivePointer.Nowhere"/> for what it has not.</summary>
internal readonly record struct KeyNodeLinks(uint Parent, uint Subkeys, uint Values, uint Security, uint Class);
