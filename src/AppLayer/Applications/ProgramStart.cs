namespace AppLayer.Applications;

/// <summary>A program to start in an application's view.</summary>
public sealed record ProgramStart
{
    /// <summary>
    /// The program: a path below a known root (<c>{ProgramFiles}\nodejs\node.exe</c>), an absolute path as programs see it, or a bare name to
    /// be looked up. A Windows installer's <c>.msi</c> is installed.
    /// </summary>
    public required string Command { get; init; }

    /// <summary>Its arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The directory that it runs in, as <see cref="Command"/> is written; null for the program's own.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Its environment, whole.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
