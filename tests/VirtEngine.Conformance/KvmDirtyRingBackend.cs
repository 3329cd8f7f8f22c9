using VirtEngine.Hypervisors;
using VirtEngine.Hypervisors.Kvm;

namespace VirtEngine.Conformance;

/// <summary>KVM with rings of written pages instead of bitmaps; small ones, which get full.</summary>
public sealed class KvmDirtyRingBackend : IBackend
{
    /// <summary>Of the suite, what has to do with them.</summary>
    public static IEnumerable<ConformanceCase> Cases => ConformanceSuite.For<KvmDirtyRingBackend>().Where(
        one => one.Name.StartsWith("DirtyTrackingTests.", StringComparison.Ordinal) || one.Name.EndsWith("_while_pages_are_watched", StringComparison.Ordinal));

    public static IHypervisor Hypervisor { get; } = new KvmHypervisor { TakesWhatIsOffered = true, DirtyRingEntries = 1024 };
}
