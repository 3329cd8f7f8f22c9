namespace AppLayer.Footprint;

/// <summary>Which files' contents a walk reads.</summary>
internal enum DigestRule
{
    /// <summary>None.</summary>
    None,

    /// <summary>All: what was written and given its old times back is found too.</summary>
    All,

    /// <summary>
    /// Those that were changed in the last moments before the walk, since another change in the same tick of the file system's clock would
    /// leave no trace in their stat data.
    /// </summary>
    Recent,
}
