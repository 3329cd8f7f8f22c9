using VirtEngine.Machines;
using VirtFoundation.Store;

namespace VirtEngine.Store;

/// <summary>What <c>run.json</c> holds: a machine's or a switch's current or last run. Its worker alone writes it.</summary>
internal sealed record RunRecord : IRunRecord
{
    /// <summary>Version of the file's layout.</summary>
    public int FormatVersion { get; init; } = 1;

    /// <summary>The worker's process.</summary>
    public required ProcessIdentity Process { get; init; }

    /// <summary>When the worker took it, UTC.</summary>
    public required DateTime Started { get; init; }

    /// <summary>Path of the control socket.</summary>
    public required string Socket { get; init; }

    /// <summary>When the run ended, UTC; null while it lasts, or if its worker could not say.</summary>
    public DateTime? Ended { get; init; }

    /// <summary>How the run ended.</summary>
    public MachineState Outcome { get; init; }

    /// <summary>Why it ended, if that was not asked for.</summary>
    public string? Reason { get; init; }
}
