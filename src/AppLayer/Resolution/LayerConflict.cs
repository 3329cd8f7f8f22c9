namespace AppLayer.Resolution;

/// <summary>A place where two layers of a stack disagree.</summary>
/// <param name="Path">A file's token path (<c>{ProgramFiles}/nodejs/node.exe</c>), or a registry key's path (<c>HKLM\Software</c>).</param>
/// <param name="Value">The registry value's name; null if it is about a file or key.</param>
/// <param name="Kind">How they disagree.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Winner">The layer whose is seen in this order.</param>
/// <param name="Loser">The layer whose is not.</param>
/// <param name="Message">What it is, in words.</param>
public sealed record LayerConflict(
    string Path, string? Value, LayerConflictKind Kind, ConflictSeverity Severity, string Winner, string Loser, string Message)
{
    /// <summary>The path; of a registry value with its name behind, <c>(Default)</c> for the default value.</summary>
    public string FullName => EntryName.Of(Path, Value);
}
