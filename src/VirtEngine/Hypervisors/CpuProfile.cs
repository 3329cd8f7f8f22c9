namespace VirtEngine.Hypervisors;

/// <summary>What a guest is told about its processors and clocks, by name, so that a checkpoint finds the same again.</summary>
public sealed record CpuProfile
{
    /// <summary>The name of the profile that is the host's own.</summary>
    public const string HostName = "host";

    /// <summary>The name that specs use: <c>portable</c> or <c>host</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Rate of the time-stamp counter in Hz.</summary>
    public required long TscHz { get; init; }

    /// <summary>Rate of the local APIC timer before its divider, in Hz.</summary>
    public required long ApicTimerHz { get; init; }

    /// <summary>CPUID as processor 0 of a one-processor machine gives it; topology and APIC IDs are filled in by processor.</summary>
    public required IReadOnlyList<CpuidLeaf> Cpuid { get; init; }

    /// <summary>Model-specific registers that read as constants.</summary>
    public required IReadOnlyDictionary<uint, ulong> ConstantMsrs { get; init; }
}
