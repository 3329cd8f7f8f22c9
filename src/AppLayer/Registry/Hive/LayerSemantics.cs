namespace AppLayer.Registry.Hive;

/// <summary>What a key of a differencing hive does to those below (regf specification, "Layered keys").</summary>
internal enum LayerSemantics : byte
{
    /// <summary>Joins them.</summary>
    Merge,

    /// <summary>IsTombstone: deletes them.</summary>
    Tombstone,

    /// <summary>IsSupersedeLocal: stands in place of them, but not of what is in them.</summary>
    SupersedeLocal,

    /// <summary>IsSupersedeTree: stands in place of them and of all in them; every key in it but tombstones says the same.</summary>
    SupersedeTree,
}
