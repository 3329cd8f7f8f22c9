namespace AppLayer.Registry.Hive;

/// <summary>A field of a record in a hive, for what is to be said about it.</summary>
/// <param name="Record">The record's name.</param>
/// <param name="Name">The field's name.</param>
/// <param name="Offset">Bytes from the start of the file.</param>
internal readonly record struct HiveField(string Record, string Name, long Offset)
{
    internal HiveException Fault(string problem) => new(Record, Name, Offset, problem);
}
