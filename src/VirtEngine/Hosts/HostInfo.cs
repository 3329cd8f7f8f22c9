using VirtSpecs;

namespace VirtEngine.Hosts;

/// <summary>A computer that keeps machines.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Directory">The root directory of machines and images.</param>
/// <param name="Processors">Logical processors.</param>
/// <param name="Memory">Memory that processes can use.</param>
/// <param name="Hypervisors">What this version can run machines on, best first.</param>
public sealed record HostInfo(string Name, string Directory, int Processors, ByteSize Memory, IReadOnlyList<HypervisorInfo> Hypervisors);
