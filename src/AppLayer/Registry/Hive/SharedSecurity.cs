namespace AppLayer.Registry.Hive;

/// <summary>A security descriptor of a hive that is being read, and how many keys have it.</summary>
/// <param name="start">Where it is, in bytes from the start of the file.</param>
/// <param name="length">Its bytes.</param>
/// <param name="references">How many keys may have it.</param>
/// <param name="referencesField">Where that was read.</param>
internal sealed class SharedSecurity(int start, int length, uint references, HiveField referencesField)
{
    private uint _uses;

    internal int Start => start;

    internal int Length => length;

    internal void Use()
    {
        if (++_uses > references)
        {
            throw referencesField.Fault($"more than {references} keys have the descriptor");
        }
    }
}
