namespace AppLayer.Registry;

/// <summary>A value of a key. Two are equal when name (with its case), type, data and mark are.</summary>
/// <param name="Name">The name; empty for the key's default value. At most <see cref="RegistryLimits.ValueName"/> UTF-16 units.</param>
/// <param name="Type">What the data is said to be.</param>
/// <param name="Data">The data as it is stored.</param>
public sealed record RegistryValue(string Name, RegistryValueType Type, ReadOnlyMemory<byte> Data)
{
    /// <summary>Whether it is a tombstone: the value of this name in layers below is deleted. A tombstone has no data.</summary>
    public bool IsTombstone { get; init; }

    /// <summary>A tombstone.</summary>
    public static RegistryValue Tombstone(string name) => new(name, RegistryValueType.None, default) { IsTombstone = true };

    /// <inheritdoc/>
    public bool Equals(RegistryValue? other) =>
        other is not null && Name == other.Name && Type == other.Type && IsTombstone == other.IsTombstone && Data.Span.SequenceEqual(other.Data.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Type, IsTombstone, Data.Length);
}
