using VirtEngine.Hypervisors;
using VirtEngine.Hypervisors.Software;

namespace VirtEngine.Conformance;

/// <summary>The software CPU.</summary>
public sealed class SoftwareBackend : IBackend
{
    public static IHypervisor Hypervisor { get; } = new SoftwareHypervisor();
}
