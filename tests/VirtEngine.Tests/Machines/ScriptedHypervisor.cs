using VirtEngine.Hypervisors;

namespace VirtEngine.Tests.Machines;

/// <summary>A hypervisor whose guest code is a method of the test.</summary>
internal sealed class ScriptedHypervisor(Func<ScriptedProcessor, Exit> guest) : IHypervisor
{
    internal List<ScriptedPartition> Partitions { get; } = [];

    public string Name { get; init; } = "scripted";

    public HypervisorCapabilities Capabilities { get; init; } = new(true, "It is a test.", 8, false);

    public HypervisorCapabilities Probe() => Capabilities;

    public IPartition CreatePartition(PartitionOptions options)
    {
        var partition = new ScriptedPartition(options, guest);
        Partitions.Add(partition);
        return partition;
    }
}
