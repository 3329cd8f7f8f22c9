namespace PipelineHost;

/// <summary>Something of PowerShell that this host doesn't know, refused by its name.</summary>
/// <param name="what">The construct, as its user knows it.</param>
/// <param name="position">Where it stands; null where it has no place in the script.</param>
internal sealed class NotSupportedByHostException(string what, Language.Position? position = null)
    : Exception($"not supported by PipelineHost: {what}" + (position is { } p ? $" (line {p.Line}, column {p.Column})" : ""))
{
    public string What { get; } = what;
    public Language.Position? Position { get; } = position;
}
