namespace AppLayer.Registry.Hive;

/// <summary>A security descriptor of a hive that is being read, and how many keys have it.</summary>
internal sealed class SharedSecurity(ReadOnlyMemory<byte> descriptor, uint references, HiveField referencesField)
{
    private uint _uses;

    internal ReadOnlyMemory<byte> Descriptor { get; } = descriptor;

    internal void Use()
    {
        if (++_uses > references)
        {
            throw referencesField.Fault($"more than {references} keys have the descriptor");
        }
    }
}
