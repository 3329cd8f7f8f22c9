namespace VirtEngine.GuestAgent;

/// <summary>A program to run in the guest.</summary>
public sealed record GuestCommand
{
    /// <summary>The program: a path, or a name that the guest looks up in its own PATH.</summary>
    public required string Path { get; init; }

    /// <summary>Its arguments, each as it is.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Environment variables as <c>NAME=value</c>; empty for the agent's own environment.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>What the program reads from its standard input; null for nothing.</summary>
    public byte[]? Input { get; init; }

    /// <summary>How long it may run before it is killed; null for as long as it takes.</summary>
    public TimeSpan? Timeout { get; init; }
}
