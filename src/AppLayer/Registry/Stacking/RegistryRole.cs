namespace AppLayer.Registry.Stacking;

/// <summary>What a layer has to do with a key or value.</summary>
public enum RegistryRole
{
    /// <summary>It is the layer whose key or value is seen.</summary>
    Gives,

    /// <summary>It has the key too, and what it has in it is seen where no layer above says otherwise.</summary>
    Adds,

    /// <summary>It deletes it: a tombstone at the value, the key, or a key on the way to it.</summary>
    Deletes,

    /// <summary>It replaces the key, or one on the way to it, and so hides what is below.</summary>
    Supersedes,

    /// <summary>It has it, but a layer above hides it.</summary>
    Hidden,
}
