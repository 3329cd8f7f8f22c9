namespace VirtSpecs;

/// <summary>How an application meets a directory or registry key and all below it.</summary>
public sealed record IsolationRule : ISpecRules
{
    /// <summary>The file, directory or registry key: <c>{Documents}</c>, <c>HKCU\Software\Demo</c>.</summary>
    [SpecMember("File, directory or registry key that the rule is for, with all below it.", Form = TextForm.Place)]
    public required string Path { get; init; }

    /// <summary>How the application meets it.</summary>
    [SpecMember("How the application meets it: isolate reads the system and writes to the writable layer, passThrough writes to the system, "
        + "data keeps what is written over a reset, hide shows nothing of the system.")]
    public required IsolationMode Mode { get; init; }

    /// <summary>Whether the rule is for a registry key.</summary>
    public bool IsRegistryKey => Path.StartsWith("HK", StringComparison.Ordinal);

    IEnumerable<SpecViolation> ISpecRules.FindViolations()
    {
        if (IsRegistryKey && Mode == IsolationMode.PassThrough)
        {
            yield return new(nameof(Mode), "can't be passThrough for a registry key: an isolated application has no live registry to write to",
                "data keeps what it writes over a reset");
        }
    }
}
