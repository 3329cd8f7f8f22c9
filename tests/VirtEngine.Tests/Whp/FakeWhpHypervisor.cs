using VirtEngine.Hypervisors;
using VirtEngine.Hypervisors.Whp;

namespace VirtEngine.Tests.Whp;

/// <summary>The WHP backend over the fake platform.</summary>
internal sealed class FakeWhpHypervisor(FakeTraits traits) : IHypervisor
{
    public string Name => "whp";

    public HypervisorCapabilities Probe() => WhpHypervisor.Judge(FakeWinHvPartition.Host, null);

    public IPartition CreatePartition(PartitionOptions options) => new WhpPartition(options, FakeWinHvPartition.Host, new FakeWinHvPartition(options, traits));
}
