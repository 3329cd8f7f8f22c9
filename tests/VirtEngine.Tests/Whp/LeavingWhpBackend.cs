using VirtEngine.Conformance;
using VirtEngine.Hypervisors;

namespace VirtEngine.Tests.Whp;

/// <summary>A platform whose processors leave the guest at HLT, and which calls accesses to devices canceled runs.</summary>
public sealed class LeavingWhpBackend : IBackend
{
    public static IHypervisor Hypervisor { get; } = new FakeWhpHypervisor(new FakeTraits(TellsOfHalts: true, CallsDevicesCanceled: true));
}
