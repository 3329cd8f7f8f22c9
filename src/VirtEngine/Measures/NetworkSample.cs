using VirtEngine.Networks;

namespace VirtEngine.Measures;

/// <summary>What passed through a network adapter since the machine's start; in is to the guest.</summary>
internal sealed record NetworkSample(
    string Address, bool IsUp, long FramesIn, long BytesIn, long FramesOut, long BytesOut, long DroppedIn, long DroppedOut, long Malformed)
{
    internal static NetworkSample Of(NetworkAdapter adapter)
    {
        var counters = adapter.Port.Counters;
        return new(
            adapter.Address.ToString(), adapter.Port.IsUp, counters.FramesIn, counters.BytesIn, counters.FramesOut, counters.BytesOut,
            counters.DroppedIn, counters.DroppedOut, counters.Malformed);
    }
}
