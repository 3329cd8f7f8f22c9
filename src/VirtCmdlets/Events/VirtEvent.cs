using VirtEngine.Hosts;
using VirtFoundation.Events;

namespace VirtCmdlets;

/// <summary>An event of a machine.</summary>
public sealed record VirtEvent
{
    internal VirtEvent(MachineInfo machine, LoggedEvent found)
    {
        Id = machine.Id;
        Name = machine.Name;
        HostName = machine.HostName;
        Sequence = found.Sequence;
        Time = found.Time;
        Event = found.Name;
        Detail = found.Detail;
    }

    /// <summary>The event's number among the machine's, from 1.</summary>
    public long Sequence { get; }

    /// <summary>When it happened, UTC.</summary>
    public DateTime Time { get; }

    /// <summary>What happened.</summary>
    public string Event { get; }

    /// <summary>More about it.</summary>
    public string? Detail { get; }

    /// <summary>The machine's identity.</summary>
    public Guid Id { get; }

    /// <summary>The machine's name.</summary>
    public string Name { get; }

    /// <summary>The machine's host.</summary>
    public string HostName { get; }
}
