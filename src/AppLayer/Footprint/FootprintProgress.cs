namespace AppLayer.Footprint;

/// <summary>How far a snapshot or a comparison is.</summary>
/// <param name="Place">The place that is being looked at.</param>
/// <param name="Entries">Files, keys and values so far.</param>
/// <param name="Bytes">Bytes of the files so far.</param>
public readonly record struct FootprintProgress(string Place, long Entries, long Bytes);
