using VirtFoundation.Store;

namespace AppLayer.Applications;

/// <summary>What <c>run.json</c> holds: an application's current or last run. Its worker writes it, or who makes up for a worker that was lost.</summary>
internal sealed record ApplicationRunRecord : IRunRecord
{
    /// <summary>Version of the file's layout.</summary>
    public int FormatVersion { get; init; } = 1;

    /// <summary>The worker's process.</summary>
    public required ProcessIdentity Process { get; init; }

    /// <summary>When the worker took the application, UTC.</summary>
    public required DateTime Started { get; init; }

    /// <summary>Path of the control socket.</summary>
    public required string Socket { get; init; }

    /// <summary>The layers of the view, the first of which wins.</summary>
    public IReadOnlyList<Guid> Layers { get; init; } = [];

    /// <summary>The Wine prefix below the layers, for Windows programs.</summary>
    public string? Base { get; init; }

    /// <summary>What becomes of what this run's programs write.</summary>
    public VirtSpecs.WritablePolicy Writable { get; init; }

    /// <summary>How its programs met the system, by place.</summary>
    public IReadOnlyList<VirtSpecs.IsolationRule> Rules { get; init; } = [];

    /// <summary>When the run ended, UTC; null while it lasts, or if its worker could not say.</summary>
    public DateTime? Ended { get; init; }

    /// <summary>How the run ended.</summary>
    public ApplicationState Outcome { get; init; }

    /// <summary>Why it ended, if not because its programs did.</summary>
    public string? Reason { get; init; }

    /// <summary>The programs that were started in it, as far as they are remembered.</summary>
    public IReadOnlyList<ProgramRecord> Programs { get; init; } = [];
}
