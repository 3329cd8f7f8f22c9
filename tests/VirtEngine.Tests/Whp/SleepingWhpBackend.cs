using VirtEngine.Conformance;
using VirtEngine.Hypervisors;

namespace VirtEngine.Tests.Whp;

/// <summary>A platform whose processors sleep in HLT.</summary>
public sealed class SleepingWhpBackend : IBackend
{
    public static IHypervisor Hypervisor { get; } = new FakeWhpHypervisor(new FakeTraits());
}
