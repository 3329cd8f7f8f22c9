namespace AppLayer.Registry.Stacking;

/// <summary>How two layers disagree.</summary>
public enum RegistryConflictKind
{
    /// <summary>Both set the value, to another type or other data.</summary>
    Value,

    /// <summary>The upper one deletes a value that the lower one sets.</summary>
    ValueDeleted,

    /// <summary>The upper one deletes a key that the lower one has.</summary>
    KeyDeleted,

    /// <summary>The upper one replaces a key that the lower one has.</summary>
    KeySuperseded,

    /// <summary>The lower one deletes a key or value that the upper one brings back.</summary>
    DeletionUndone,

    /// <summary>One makes the key a link, the other does not.</summary>
    Link,

    /// <summary>Both give the key a class or security, and not the same.</summary>
    Attributes,
}
