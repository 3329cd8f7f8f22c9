using VirtSpecs;

namespace AppLayer.Applications;

/// <summary>
/// Of <c>application.json</c> what a worker needs to make the view. Reading whole specs takes as long as starting a worker; this one was
/// checked when it was written.
/// </summary>
internal sealed record ViewRecord
{
    /// <summary>Version of the file's layout.</summary>
    public int FormatVersion { get; init; } = 1;

    /// <summary>The application's identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>What was asked for.</summary>
    public required ViewSpec Spec { get; init; }
}

/// <summary>What of an <see cref="Application"/> is about its view.</summary>
internal sealed record ViewSpec
{
    /// <summary>The application's name.</summary>
    public required string Name { get; init; }

    /// <summary>The layers, as references are written.</summary>
    public required IReadOnlyList<string> Layers { get; init; }

    /// <summary>What becomes of what the programs write.</summary>
    public WritablePolicy Writable { get; init; }

    /// <summary>How they meet the system, by place; null for none.</summary>
    public IReadOnlyList<IsolationRule>? Rules { get; init; }
}
