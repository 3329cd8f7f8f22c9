namespace AppLayer.Registry.Hive;

/// <summary>A file is not a hive that can be read. It names the record, the field and its place in the file.</summary>
/// <param name="record">The record's signature or name (nk, vk, hbin, "base block" …).</param>
/// <param name="field">The field, by the name that the format's description gives it.</param>
/// <param name="offset">Where the field is, in bytes from the start of the file.</param>
/// <param name="problem">What is wrong with it.</param>
public sealed class HiveException(string record, string field, long offset, string problem)
    : FormatException($"Hive, {record} at byte {offset} (0x{offset:x}), {field}: {problem}.")
{
    /// <summary>The record's signature or name.</summary>
    public string Record { get; } = record;

    /// <summary>The field.</summary>
    public string Field { get; } = field;

    /// <summary>Where the field is, in bytes from the start of the file.</summary>
    public long Offset { get; } = offset;

    /// <summary>Whether the hive was being changed when its writer ended: its transaction logs hold the rest, which only Windows applies.</summary>
    public bool IsDirty { get; init; }
}
