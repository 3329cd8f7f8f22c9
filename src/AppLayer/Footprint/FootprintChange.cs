namespace AppLayer.Footprint;

/// <summary>One thing that is not as it was.</summary>
public sealed record FootprintChange
{
    /// <summary>The computer.</summary>
    public required string HostName { get; init; }

    /// <summary>What changed.</summary>
    public required FootprintChangeKind Kind { get; init; }

    /// <summary>
    /// Where: the full path of a file, or of a Wine prefix with a registry key after it: <c>/srv/prefix: HKLM\Software\X</c>, and a value's
    /// name in brackets: <c>/srv/prefix: HKLM\Software\X [Version]</c>.
    /// </summary>
    public required string Place { get; init; }

    /// <summary>What was there before; null where there was nothing.</summary>
    public string? Before { get; init; }

    /// <summary>What is there now; null where there is nothing.</summary>
    public string? After { get; init; }
}
