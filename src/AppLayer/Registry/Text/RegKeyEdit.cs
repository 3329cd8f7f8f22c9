namespace AppLayer.Registry.Text;

/// <summary>One section of a .reg file: a key that is made, with values to set and to delete, or a key that is deleted.</summary>
/// <param name="Root">The root.</param>
/// <param name="Path">The path below it, parts separated by single backslashes; empty for the root itself, which cannot be deleted.</param>
public sealed record RegKeyEdit(RegRoot Root, string Path)
{
    /// <summary>Whether the key is deleted, with all that is below it (<c>[-HKEY…]</c>). Then there are no values.</summary>
    public bool IsDeletion { get; init; }

    /// <summary>The values in the order of the file; a tombstone deletes the value of its name (<c>"name"=-</c>).</summary>
    public IReadOnlyList<RegistryValue> Values { get; init; } = [];
}
