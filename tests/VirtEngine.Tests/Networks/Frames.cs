using VirtEngine.Networks;

namespace VirtEngine.Tests.Networks;

/// <summary>Ethernet frames for tests.</summary>
internal static class Frames
{
    internal static readonly MacAddress Broadcast = new(0xFFFF_FFFF_FFFF);

    internal static MacAddress Station(int number) => new(0x0200_0000_0000ul + (uint)number);

    /// <summary>A frame whose bytes tell its number.</summary>
    internal static byte[] Make(MacAddress to, MacAddress from, int length = 60, int number = 0)
    {
        byte[] frame = new byte[length];
        to.Write(frame);
        from.Write(frame.AsSpan(6));
        frame[12] = 0x88;
        frame[13] = 0xB5;       // local experimental (IEEE 802, 9.2.3)
        for (int i = 14; i < length; i++) frame[i] = (byte)(number + i);
        return frame;
    }
}
