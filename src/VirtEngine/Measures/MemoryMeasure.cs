using VirtSpecs;

namespace VirtEngine.Measures;

/// <summary>A machine's memory.</summary>
public sealed record MemoryMeasure
{
    /// <summary>What the machine was given.</summary>
    public required ByteSize Configured { get; init; }

    /// <summary>What its worker has in the host's memory, the guest's included.</summary>
    public required ByteSize Resident { get; init; }

    /// <summary>What the guest is asked to do without (<c>Set-VirtMachine -BalloonTarget</c>).</summary>
    public required ByteSize BalloonTarget { get; init; }

    /// <summary>What the guest does without.</summary>
    public required ByteSize Balloon { get; init; }

    /// <summary>What the guest gave back to the host since the start, by its balloon and by reporting free pages; it may have taken it again.</summary>
    public required ByteSize Returned { get; init; }

    /// <summary>Memory that the guest's system manages, as it told about an interval ago; null where the guest tells nothing.</summary>
    public ByteSize? GuestTotal { get; init; }

    /// <summary>Memory of the guest that holds nothing.</summary>
    public ByteSize? GuestFree { get; init; }

    /// <summary>Memory that programs of the guest could have without its swapping.</summary>
    public ByteSize? GuestAvailable { get; init; }

    /// <summary>Memory of the guest that holds files and could be freed.</summary>
    public ByteSize? GuestDiskCaches { get; init; }

    /// <summary>What the guest read back from swap since its start.</summary>
    public ByteSize? GuestSwappedIn { get; init; }

    /// <summary>What the guest wrote to swap since its start.</summary>
    public ByteSize? GuestSwappedOut { get; init; }

    /// <summary>What is resident of what was given.</summary>
    public override string ToString() => $"{Resident.ToString("MiB", null)} of {Configured}";

    internal static MemoryMeasure Of(MachineCounters counters)
    {
        var memory = counters.Memory;
        static ByteSize? Told(long? bytes) => bytes is { } told ? new(told) : null;
        return new()
        {
            Configured = new(memory.Configured),
            Resident = new(counters.Resident),
            BalloonTarget = new(memory.BalloonTarget),
            Balloon = new(memory.Balloon),
            Returned = new(memory.Returned),
            GuestTotal = Told(memory.Total),
            GuestFree = Told(memory.Free),
            GuestAvailable = Told(memory.Available),
            GuestDiskCaches = Told(memory.DiskCaches),
            GuestSwappedIn = Told(memory.SwappedIn),
            GuestSwappedOut = Told(memory.SwappedOut),
        };
    }
}
