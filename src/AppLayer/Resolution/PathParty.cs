namespace AppLayer.Resolution;

/// <summary>What one party of a stack has to do with a path.</summary>
public sealed record PathParty
{
    /// <summary>The path.</summary>
    public required string Path { get; init; }

    /// <summary>A registry value's name; null for anything else.</summary>
    public string? Value { get; init; }

    /// <summary>The path; of a registry value with its name behind, <c>(Default)</c> for the default value.</summary>
    public string FullName => EntryName.Of(Path, Value);

    /// <summary>The party: a layer as <c>name@version</c>, or the writable layer, the data layer, the base system, isolation rules.</summary>
    public required string Party { get; init; }

    /// <summary>What it is.</summary>
    public required PartyKind Kind { get; init; }

    /// <summary>What it does.</summary>
    public required PartyRole Role { get; init; }

    /// <summary>Why, in words.</summary>
    public required string Reason { get; init; }

    /// <summary>The host that the stack is on.</summary>
    public required string HostName { get; init; }
}
