using VirtSpecs;

namespace VirtEngine.Hosts;

/// <summary>A switch as it was found.</summary>
public sealed record SwitchInfo : SwitchReference
{
    /// <summary>Describes a switch.</summary>
    /// <param name="id">Its identity.</param>
    public SwitchInfo(Guid id)
        : base(id)
    {
    }

    /// <summary>The host that keeps it.</summary>
    public required string HostName { get; init; }

    /// <summary>What it is doing.</summary>
    public required SwitchState State { get; init; }

    /// <summary>Why it is in that state, if that was not asked for.</summary>
    public string? Reason { get; init; }

    /// <summary>The TAP interface that leads out of it, if any.</summary>
    public string? Uplink => Spec.Uplink?.Tap;

    /// <summary>What is plugged in, while it runs.</summary>
    public IReadOnlyList<SwitchPortInfo> Ports { get; init; } = [];

    /// <summary>How much is plugged in, while it runs.</summary>
    public int PortCount => Ports.Count;

    /// <summary>Hardware addresses that it has learned, while it runs.</summary>
    public int Addresses { get; init; }

    /// <summary>The worker's process, while it runs.</summary>
    public int? ProcessId { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTime Created { get; init; }

    /// <summary>When its current or last run began, UTC.</summary>
    public DateTime? Started { get; init; }

    /// <summary>The directory that holds it.</summary>
    public required string Directory { get; init; }

    /// <summary>What was asked for.</summary>
    public required Switch Spec { get; init; }
}
