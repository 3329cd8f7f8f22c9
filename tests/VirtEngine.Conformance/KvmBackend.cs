using VirtEngine.Hypervisors;
using VirtEngine.Hypervisors.Kvm;

namespace VirtEngine.Conformance;

/// <summary>KVM.</summary>
public sealed class KvmBackend : IBackend
{
    public static IHypervisor Hypervisor { get; } = new KvmHypervisor { TakesWhatIsOffered = true };

    public static bool RingsDoorbells => true;
}
