using VirtEngine.Disks;

namespace VirtEngine.Measures;

/// <summary>What was asked of a disk since the machine's start.</summary>
/// <param name="Name">The disk's name.</param>
/// <param name="Requests">By kind of request.</param>
internal sealed record DiskSample(string Name, IReadOnlyList<DiskCounters> Requests);
