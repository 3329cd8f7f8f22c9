namespace AppLayer.Registry;

/// <summary>What a key in a layer does to the key of the same path in the layers below.</summary>
public enum LayerMark
{
    /// <summary>Its values and subkeys are added to those below, or stand in place of those of the same name.</summary>
    Merge,

    /// <summary>The key is deleted, with all that is below it. It has neither values nor subkeys.</summary>
    Tombstone,

    /// <summary>The key stands in place of the one below and of everything in it.</summary>
    Supersede,

    /// <summary>
    /// The key stands in place of the one below, with its values, class and security; the subkeys are added to those below. Windows defines it, and
    /// nothing here makes it by itself.
    /// </summary>
    SupersedeLocal,
}
