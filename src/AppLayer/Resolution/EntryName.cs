namespace AppLayer.Resolution;

/// <summary>Names of files and registry entries as people read them.</summary>
internal static class EntryName
{
    /// <summary>A path; behind a registry key's the name of a value.</summary>
    internal static string Of(string path, string? value) => value is null ? path : $@"{path}\{(value.Length == 0 ? "(Default)" : value)}";
}
