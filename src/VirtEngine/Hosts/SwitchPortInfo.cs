namespace VirtEngine.Hosts;

/// <summary>What is plugged into a switch, and what passed there.</summary>
/// <param name="Name">The port's name.</param>
/// <param name="FramesIn">Frames that came in and were forwarded.</param>
/// <param name="BytesIn">Bytes of these.</param>
/// <param name="FramesOut">Frames that went out.</param>
/// <param name="BytesOut">Bytes of these.</param>
/// <param name="Dropped">Frames that whoever is plugged in did not take in time.</param>
/// <param name="Malformed">Frames that are too short, too long, or from an address that cannot be.</param>
public sealed record SwitchPortInfo(string Name, long FramesIn, long BytesIn, long FramesOut, long BytesOut, long Dropped, long Malformed)
{
    /// <summary>The port's name.</summary>
    public override string ToString() => Name;
}
