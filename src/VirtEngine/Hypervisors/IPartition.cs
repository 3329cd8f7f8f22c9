using VirtEngine.Bus;

namespace VirtEngine.Hypervisors;

/// <summary>One machine's processors, with their local APICs, over its memory.</summary>
public interface IPartition : IMsiTarget, IDoorbellHost, IDisposable
{
    /// <summary>The processors by APIC ID. Each is run by a thread of its own.</summary>
    IReadOnlyList<IVirtualProcessor> Processors { get; }

    /// <summary>The profile as the guest sees it: where a host cannot give what was asked for, and need not, it says what there is.</summary>
    CpuProfile Profile { get; }

    /// <summary>Raised when a processor ends a level-triggered interrupt, with its vector: IO-APICs listen.</summary>
    event Action<byte>? EndOfInterrupt;

    /// <summary>Drives the INTR wire of the 8259 to processor 0's LINT0. <paramref name="acknowledge"/> is called when the processor takes
    /// the interrupt and returns the vector (the INTA cycle).</summary>
    void SetExternalInterrupt(bool level, Func<byte> acknowledge);

    /// <summary>Tells what a pin of the IO-APIC sends from now on, for a hypervisor that must know beforehand whose end to announce.</summary>
    /// <param name="pin">The pin.</param>
    /// <param name="address">The message's address.</param>
    /// <param name="data">The message's data; bit 15 is set where the pin is level-triggered.</param>
    void SetIoApicEntry(int pin, ulong address, uint data);

    /// <summary>The machine's clock was paused, and all processors stand: timers of their own stop too.</summary>
    void StopTime();

    /// <summary>The clock goes on.</summary>
    void StartTime();

    /// <summary>Begins to record which pages processors write.</summary>
    void StartDirtyTracking();

    /// <summary>Moves out and clears the bits of pages written since, by processors and devices. A page that was only read may be among them.</summary>
    /// <param name="bitmap">One bit per page of RAM in the order of the mapping; overwritten.</param>
    void CollectDirty(Span<ulong> bitmap);

    /// <summary>Stops recording.</summary>
    void StopDirtyTracking();
}
