namespace AppLayer.Footprint;

/// <summary>What a record of a snapshot's file is.</summary>
internal enum SnapshotTag : byte
{
    /// <summary>The last record: the number of those before it, then the SHA-256 digest of all bytes before that digest.</summary>
    End,

    File,
    Key,
    Value,
}
