using VirtFoundation.Events;

namespace VirtCmdlets;

/// <summary>An event of a machine, application or switch.</summary>
public sealed record VirtEvent
{
    internal VirtEvent(EventSource source, LoggedEvent found)
    {
        Id = source.Id;
        Name = source.Name;
        HostName = source.HostName;
        Sequence = found.Sequence;
        Time = found.Time;
        Event = found.Name;
        Detail = found.Detail;
    }

    /// <summary>The event's number among those of its machine, application or switch, from 1.</summary>
    public long Sequence { get; }

    /// <summary>When it happened, UTC.</summary>
    public DateTime Time { get; }

    /// <summary>What happened.</summary>
    public string Event { get; }

    /// <summary>More about it.</summary>
    public string? Detail { get; }

    /// <summary>The identity of the machine, application or switch.</summary>
    public Guid Id { get; }

    /// <summary>The name of the machine, application or switch.</summary>
    public string Name { get; }

    /// <summary>The host of the machine, application or switch.</summary>
    public string HostName { get; }
}
