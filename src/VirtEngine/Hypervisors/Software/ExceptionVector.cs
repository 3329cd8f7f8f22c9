namespace VirtEngine.Hypervisors.Software;

/// <summary>Exception vectors (Intel SDM vol. 3, table 6-1).</summary>
internal static class ExceptionVector
{
    internal const byte DivideError = 0, Debug = 1, Nmi = 2, Breakpoint = 3, Overflow = 4, BoundRange = 5, InvalidOpcode = 6,
        DeviceNotAvailable = 7, DoubleFault = 8, InvalidTss = 10, SegmentNotPresent = 11, StackFault = 12, GeneralProtection = 13,
        PageFault = 14, FloatingPoint = 16, AlignmentCheck = 17, MachineCheck = 18, SimdFloatingPoint = 19;

    /// <summary>Whether the processor pushes an error code.</summary>
    internal static bool HasErrorCode(byte vector) =>
        vector is DoubleFault or InvalidTss or SegmentNotPresent or StackFault or GeneralProtection or PageFault or AlignmentCheck;

    /// <summary>Contributory exceptions in the sense of double faults (Intel SDM vol. 3, table 6-4).</summary>
    internal static bool IsContributory(byte vector) =>
        vector is DivideError or InvalidTss or SegmentNotPresent or StackFault or GeneralProtection;
}
