using System.Diagnostics;

namespace VirtEngine.Measures;

/// <summary>What a running machine has done until a moment, as its worker tells it.</summary>
internal sealed record MachineCounters
{
    /// <summary>The moment, by the host's clock that never jumps.</summary>
    public required TimeSpan Moment { get; init; }

    /// <summary>Time that passed for the guest since the last reset: without pauses.</summary>
    public required TimeSpan GuestTime { get; init; }

    /// <summary>The processors, which begin anew with a reset.</summary>
    public required IReadOnlyList<ProcessorSample> Processors { get; init; }

    /// <summary>The disks, in the spec's order.</summary>
    public required IReadOnlyList<DiskSample> Disks { get; init; }

    /// <summary>The network adapters, in the spec's order.</summary>
    public required IReadOnlyList<NetworkSample> Networks { get; init; }

    /// <summary>The memory.</summary>
    public required MemorySample Memory { get; init; }

    /// <summary>Bytes of the worker that are in the host's memory, the guest's among them; the worker fills it in.</summary>
    public long Resident { get; init; }

    /// <summary>Now, by the clock of <see cref="Moment"/>.</summary>
    internal static TimeSpan Now => Stopwatch.GetElapsedTime(0);
}
