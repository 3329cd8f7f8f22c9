using VirtEngine.Machines;
using VirtSpecs;
using Machine = VirtSpecs.Machine;

namespace VirtEngine.Hosts;

/// <summary>A machine as it was found.</summary>
public sealed record MachineInfo : MachineReference
{
    /// <summary>Describes a machine.</summary>
    /// <param name="id">Its identity.</param>
    public MachineInfo(Guid id)
        : base(id)
    {
    }

    /// <summary>The host that keeps it.</summary>
    public required string HostName { get; init; }

    /// <summary>What it is doing.</summary>
    public required MachineState State { get; init; }

    /// <summary>Why it is in that state, if that was not asked for.</summary>
    public string? Reason { get; init; }

    /// <summary>Virtual processors.</summary>
    public int Processors => Spec.Processors;

    /// <summary>Memory of the guest.</summary>
    public ByteSize Memory => Spec.Memory;

    /// <summary>Memory that the guest is asked to do without, while it runs.</summary>
    public ByteSize? BalloonTarget { get; init; }

    /// <summary>Memory that the guest does without, while it runs.</summary>
    public ByteSize? Balloon { get; init; }

    /// <summary>The hypervisor that it runs on, while it runs.</summary>
    public string? Hypervisor { get; init; }

    /// <summary>Whether the guest agent has answered.</summary>
    public bool AgentReady { get; init; }

    /// <summary>The guest agent's version, once it has answered.</summary>
    public string? AgentVersion { get; init; }

    /// <summary>The worker's process, while it runs.</summary>
    public int? ProcessId { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTime Created { get; init; }

    /// <summary>When its current or last run began, UTC.</summary>
    public DateTime? Started { get; init; }

    /// <summary>How long it has been running, in whole seconds.</summary>
    public TimeSpan? Uptime { get; init; }

    /// <summary>The directory that holds it.</summary>
    public required string Directory { get; init; }

    /// <summary>What was asked for.</summary>
    public required Machine Spec { get; init; }
}
