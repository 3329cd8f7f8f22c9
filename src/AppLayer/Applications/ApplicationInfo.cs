using VirtSpecs;

namespace AppLayer.Applications;

/// <summary>A virtual application as it was found.</summary>
public sealed record ApplicationInfo : ApplicationReference
{
    /// <summary>Describes an application.</summary>
    /// <param name="id">Its identity.</param>
    public ApplicationInfo(Guid id)
        : base(id)
    {
    }

    /// <summary>The host that keeps it.</summary>
    public required string HostName { get; init; }

    /// <summary>What it is doing.</summary>
    public required ApplicationState State { get; init; }

    /// <summary>Why it is in that state, if not because its programs ended.</summary>
    public string? Reason { get; init; }

    /// <summary>What the first program of the current or last run ended with; null while it runs, or if nobody knows.</summary>
    public int? ExitCode => Programs.Count > 0 ? Programs[0].ExitCode : null;

    /// <summary>The programs of the current or last run, in the order in which they were started.</summary>
    public IReadOnlyList<ProgramRecord> Programs { get; init; } = [];

    /// <summary>The worker's process, while it runs.</summary>
    public int? ProcessId { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTime Created { get; init; }

    /// <summary>When its current or last run began, UTC.</summary>
    public DateTime? Started { get; init; }

    /// <summary>When its last run ended, UTC; null while it runs.</summary>
    public DateTime? Ended { get; init; }

    /// <summary>Its program.</summary>
    public string Command => Spec.Command;

    /// <summary>The layers that it asks for, the first of which wins.</summary>
    public IReadOnlyList<LayerReference> Layers => Spec.Layers;

    /// <summary>What becomes of what it writes.</summary>
    public WritablePolicy Writable => Spec.Writable;

    /// <summary>The directory that holds it.</summary>
    public required string Directory { get; init; }

    /// <summary>What was asked for.</summary>
    public required Application Spec { get; init; }
}
