namespace VirtEngine.Hypervisors;

/// <summary>A way to run virtual processors: the software CPU, KVM, the Windows Hypervisor Platform.</summary>
public interface IHypervisor
{
    /// <summary>The name that specs use: <c>software</c>, <c>kvm</c>, <c>whp</c>.</summary>
    string Name { get; }

    /// <summary>The profile <c>host</c>: all that this hypervisor shows a guest here. Where that is no more than the portable one's, the same.</summary>
    /// <exception cref="NotSupportedException">It cannot run here.</exception>
    CpuProfile HostProfile => PortableProfile.Instance with { Name = CpuProfile.HostName };

    /// <summary>Finds out whether this host can run it, and what it can do.</summary>
    HypervisorCapabilities Probe();

    /// <summary>Makes a partition with its processors, all of them stopped at their reset state.</summary>
    /// <exception cref="NotSupportedException">The host or the hypervisor cannot do what the options ask for.</exception>
    IPartition CreatePartition(PartitionOptions options);
}
