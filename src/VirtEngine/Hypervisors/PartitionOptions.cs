using VirtEngine.Bus;
using VirtEngine.Memory;
using VirtEngine.Time;

namespace VirtEngine.Hypervisors;

/// <summary>What a partition is made of.</summary>
public sealed record PartitionOptions
{
    /// <summary>The RAM; the caller keeps and disposes it after the partition.</summary>
    public required GuestMemory Memory { get; init; }

    /// <summary>Answers accesses outside RAM and the local APICs.</summary>
    public required IGuestBus Bus { get; init; }

    /// <summary>The machine's time, from which the TSC and the APIC timers run.</summary>
    public required MachineClock Clock { get; init; }

    /// <summary>Virtual processors, 1 to 8; APIC IDs are 0, 1, ….</summary>
    public required int ProcessorCount { get; init; }

    /// <summary>CPUID and clock rates.</summary>
    public required CpuProfile Profile { get; init; }
}
