namespace VirtEngine.Measures;

/// <summary>What passes through a machine's network adapter, seen from the guest, from the machine's start on.</summary>
public sealed record NetworkMeasure
{
    /// <summary>What it is plugged into: a switch, or a TAP interface of the host.</summary>
    public required string PluggedInto { get; init; }

    /// <summary>Its hardware address.</summary>
    public required string Address { get; init; }

    /// <summary>Whether frames pass: a switch may be stopped.</summary>
    public required bool IsUp { get; init; }

    /// <summary>Frames that the guest was given.</summary>
    public required MeasuredCount FramesReceived { get; init; }

    /// <summary>Bytes of these.</summary>
    public required MeasuredCount BytesReceived { get; init; }

    /// <summary>Frames that the guest sent.</summary>
    public required MeasuredCount FramesSent { get; init; }

    /// <summary>Bytes of these.</summary>
    public required MeasuredCount BytesSent { get; init; }

    /// <summary>Frames for the guest that found no room in it.</summary>
    public required long DroppedReceived { get; init; }

    /// <summary>Frames of the guest that found no room or no link.</summary>
    public required long DroppedSent { get; init; }

    /// <summary>Frames that are too short or too long; dropped.</summary>
    public required long Malformed { get; init; }

    /// <summary>What it is plugged into.</summary>
    public override string ToString() => PluggedInto;

    internal static NetworkMeasure Of(string pluggedInto, NetworkSample? before, NetworkSample after, TimeSpan interval) => new()
    {
        PluggedInto = pluggedInto,
        Address = after.Address,
        IsUp = after.IsUp,
        FramesReceived = MeasuredCount.Of(before?.FramesIn ?? 0, after.FramesIn, interval),
        BytesReceived = MeasuredCount.Of(before?.BytesIn ?? 0, after.BytesIn, interval),
        FramesSent = MeasuredCount.Of(before?.FramesOut ?? 0, after.FramesOut, interval),
        BytesSent = MeasuredCount.Of(before?.BytesOut ?? 0, after.BytesOut, interval),
        DroppedReceived = after.DroppedIn,
        DroppedSent = after.DroppedOut,
        Malformed = after.Malformed,
    };
}
