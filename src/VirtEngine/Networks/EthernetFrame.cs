namespace VirtEngine.Networks;

/// <summary>Sizes of Ethernet frames, without the check sequence (IEEE 802.3, 3.1.1).</summary>
internal static class EthernetFrame
{
    /// <summary>Two addresses and the type: what is shorter is no frame.</summary>
    internal const int HeaderSize = 14;

    /// <summary>Bytes that a frame carries (the MTU of every adapter and switch).</summary>
    internal const int Mtu = 1500;

    /// <summary>The longest frame, with a VLAN tag.</summary>
    internal const int Largest = HeaderSize + 4 + Mtu;

    /// <summary>The longest that may come over a stream; who announces more has lost its place in it.</summary>
    internal const int LargestOnStream = 65_550;

    /// <summary>Whether it is long enough and not too long to be carried.</summary>
    internal static bool IsCarried(int length) => length is >= HeaderSize and <= Largest;
}
