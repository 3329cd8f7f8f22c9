namespace VirtEngine.Hypervisors.Software;

/// <summary>Segment registers by their encoding.</summary>
internal static class SegmentRegister
{
    internal const int Es = 0, Cs = 1, Ss = 2, Ds = 3, Fs = 4, Gs = 5;
}
