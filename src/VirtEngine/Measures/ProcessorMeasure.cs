namespace VirtEngine.Measures;

/// <summary>What a virtual processor does. It counts from the machine's start or last reset.</summary>
public sealed record ProcessorMeasure
{
    /// <summary>Its number, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The host's processor time that it has used.</summary>
    public required TimeSpan HostTime { get; init; }

    /// <summary>Percent of the interval in which a processor of the host worked for it.</summary>
    public required double Usage { get; init; }

    /// <summary>Instructions of the guest; null where the hypervisor does not count them.</summary>
    public MeasuredCount? Instructions { get; init; }

    /// <summary>What took it out of the guest's code: accesses to ports and to memory of devices, and halts.</summary>
    public required MeasuredCount Exits { get; init; }

    /// <summary>Port accesses that devices answered.</summary>
    public required MeasuredCount PortAccesses { get; init; }

    /// <summary>Memory accesses that devices answered.</summary>
    public required MeasuredCount MmioAccesses { get; init; }

    /// <summary>Times it slept until something happened (HLT); where the hypervisor tells of them.</summary>
    public required MeasuredCount Halts { get; init; }

    /// <summary>Interrupts that it took; where the hypervisor tells of them.</summary>
    public required MeasuredCount Interrupts { get; init; }

    /// <summary>Its number and how busy it is.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Index}: {Usage:0.#} %");

    internal static ProcessorMeasure Of(int index, ProcessorSample? before, ProcessorSample after, TimeSpan interval)
    {
        var (old, now) = (before?.Counters ?? default, after.Counters);
        MeasuredCount Count(Func<Hypervisors.ProcessorCounters, long> what) => MeasuredCount.Of(what(old), what(now), interval);
        return new()
        {
            Index = index,
            HostTime = after.Time,
            Usage = 100 * ((after.Time - (before?.Time ?? default)) / interval),
            Instructions = now.Instructions == 0 ? null : Count(one => one.Instructions),
            Exits = Count(one => one.PortAccesses + one.MmioAccesses + one.Halts),
            PortAccesses = Count(one => one.PortAccesses),
            MmioAccesses = Count(one => one.MmioAccesses),
            Halts = Count(one => one.Halts),
            Interrupts = Count(one => one.Interrupts),
        };
    }
}
