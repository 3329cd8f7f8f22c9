namespace VirtEngine.Balloons;

/// <summary>What a guest tells of its memory (virtio 1.2, 5.5.6.4): bytes, or events since it started.</summary>
internal enum BalloonStatistic : ushort
{
    SwapIn = 0,
    SwapOut = 1,
    MajorFaults = 2,
    MinorFaults = 3,
    FreeMemory = 4,
    TotalMemory = 5,
    AvailableMemory = 6,
    DiskCaches = 7,
    HugePageAllocations = 8,
    HugePageFailures = 9,
}
