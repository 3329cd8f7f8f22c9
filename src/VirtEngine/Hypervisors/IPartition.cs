using VirtEngine.Bus;

namespace VirtEngine.Hypervisors;

/// <summary>One machine's processors, with their local APICs, over its memory.</summary>
public interface IPartition : IMsiTarget, IDisposable
{
    /// <summary>The processors by APIC ID. Each is run by a thread of its own.</summary>
    IReadOnlyList<IVirtualProcessor> Processors { get; }

    /// <summary>Raised when a processor ends a level-triggered interrupt, with its vector: IO-APICs listen.</summary>
    event Action<byte>? EndOfInterrupt;

    /// <summary>Drives the INTR wire of the 8259 to processor 0's LINT0. <paramref name="acknowledge"/> is called when the processor takes
    /// the interrupt and returns the vector (the INTA cycle).</summary>
    void SetExternalInterrupt(bool level, Func<byte> acknowledge);

    /// <summary>Begins to record which pages processors write.</summary>
    void StartDirtyTracking();

    /// <summary>Moves out and clears the bits of pages written since, by processors and devices.</summary>
    /// <param name="bitmap">One bit per page of RAM in the order of the mapping; overwritten.</param>
    void CollectDirty(Span<ulong> bitmap);

    /// <summary>Stops recording.</summary>
    void StopDirtyTracking();
}
