using VirtEngine.Hosts;
using VirtSpecs;

namespace VirtEngine.Measures;

/// <summary>What a running machine does, measured over an interval.</summary>
public sealed record MachineMeasure
{
    /// <summary>The machine's identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>The machine's name.</summary>
    public required string Name { get; init; }

    /// <summary>The host that keeps it.</summary>
    public required string HostName { get; init; }

    /// <summary>The hypervisor that it runs on.</summary>
    public string? Hypervisor { get; init; }

    /// <summary>The interval's end, UTC.</summary>
    public required DateTime Time { get; init; }

    /// <summary>How long was measured.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>Time since the machine was started.</summary>
    public required TimeSpan Uptime { get; init; }

    /// <summary>Time that passed for the guest since its start or last reset: without pauses.</summary>
    public required TimeSpan GuestTime { get; init; }

    /// <summary>The host's processor time that its processors have used since then.</summary>
    public required TimeSpan HostTime { get; init; }

    /// <summary>Percent of the interval in which processors of the host worked for its processors: 100 is one of them all the time.</summary>
    public required double Usage { get; init; }

    /// <summary>What took its processors out of the guest's code; by reason in <see cref="Processors"/>.</summary>
    public required MeasuredCount Exits { get; init; }

    /// <summary>Exits in a second.</summary>
    public double ExitsPerSecond => Exits.PerSecond;

    /// <summary>What it reads from and writes to its disks in a second.</summary>
    public ByteSize DiskPerSecond => new((long)Disks.Sum(disk => disk.Read.Bytes.PerSecond + disk.Write.Bytes.PerSecond));

    /// <summary>What its network adapters receive and send in a second.</summary>
    public ByteSize NetworkPerSecond => new((long)Networks.Sum(network => network.BytesReceived.PerSecond + network.BytesSent.PerSecond));

    /// <summary>What its worker has in the host's memory.</summary>
    public ByteSize Resident => Memory.Resident;

    /// <summary>What the guest does without.</summary>
    public ByteSize Balloon => Memory.Balloon;

    /// <summary>Its processors.</summary>
    public required IReadOnlyList<ProcessorMeasure> Processors { get; init; }

    /// <summary>Its disks, in the spec's order.</summary>
    public required IReadOnlyList<DiskMeasure> Disks { get; init; }

    /// <summary>Its network adapters, in the spec's order.</summary>
    public required IReadOnlyList<NetworkMeasure> Networks { get; init; }

    /// <summary>Its memory.</summary>
    public required MemoryMeasure Memory { get; init; }

    internal static MachineMeasure Of(MachineInfo machine, MachineCounters before, MachineCounters after)
    {
        var interval = after.Moment - before.Moment;
        // What begins anew with a reset was reset in between if time did.
        ProcessorSample[] old = after.GuestTime >= before.GuestTime ? [.. before.Processors] : [];
        ProcessorMeasure[] processors =
            [.. after.Processors.Select((one, index) => ProcessorMeasure.Of(index, old.ElementAtOrDefault(index), one, interval))];
        return new()
        {
            Id = machine.Id,
            Name = machine.Name,
            HostName = machine.HostName,
            Hypervisor = machine.Hypervisor,
            Time = DateTime.UtcNow,
            Interval = interval,
            Uptime = DateTime.UtcNow - (machine.Started ?? DateTime.UtcNow),
            GuestTime = after.GuestTime,
            HostTime = TimeSpan.FromTicks(processors.Sum(one => one.HostTime.Ticks)),
            Usage = processors.Sum(one => one.Usage),
            Exits = new(processors.Sum(one => one.Exits.Total), processors.Sum(one => one.Exits.PerSecond)),
            Processors = processors,
            Disks = [.. after.Disks.Select((one, index) => DiskMeasure.Of(before.Disks.ElementAtOrDefault(index), one, interval))],
            Networks =
            [
                .. after.Networks.Select((one, index) => NetworkMeasure.Of(
                    NameOf(machine.Spec.Networks.ElementAtOrDefault(index)), before.Networks.ElementAtOrDefault(index), one, interval)),
            ],
            Memory = MemoryMeasure.Of(after),
        };
    }

    private static string NameOf(MachineNetwork? network) => network?.Switch ?? network?.Tap ?? "";
}
