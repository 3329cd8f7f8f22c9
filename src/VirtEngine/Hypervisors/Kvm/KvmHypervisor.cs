namespace VirtEngine.Hypervisors.Kvm;

/// <summary>Linux' KVM: guest code runs on the processor itself.</summary>
public sealed class KvmHypervisor : IHypervisor
{
    private const int Maximum = 8;

    /// <inheritdoc/>
    public string Name => "kvm";

    /// <summary>Leaves out of a profile what the host's KVM does not offer, instead of refusing: for trials of what it can do.</summary>
    internal bool TakesWhatIsOffered { get; init; }

    /// <summary>Completes what KVM cannot emulate by an emulator of its own, instead of failing: off for a trial of what KVM itself can do.</summary>
    internal bool CompletesInstructions { get; init; } = true;

    /// <summary>Entries of each processor's ring of written pages, a power of two; 0 for the kernel's bitmap instead (docs/kvm.md compares them).</summary>
    internal int DirtyRingEntries { get; init; }

    /// <inheritdoc/>
    /// <exception cref="KvmException">There is no KVM.</exception>
    public CpuProfile HostProfile
    {
        get
        {
            using var system = KvmSystem.Open();
            return KvmHostProfile.Make(system.GetSupportedCpuid(), system.ReadFeatureMsr(KvmCpuid.ArchCapabilities), system.ReadTscHz());
        }
    }

    /// <inheritdoc/>
    public HypervisorCapabilities Probe()
    {
        try
        {
            using var system = KvmSystem.Open();
            return KvmProbe.Shared.Run(Math.Min(system.MaximumProcessors, Maximum));
        }
        catch (KvmException e)
        {
            return new(false, e.Message, Maximum, Accelerated: true);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="KvmException">There is no KVM, or it lacks what is asked for.</exception>
    public IPartition CreatePartition(PartitionOptions options)
    {
        if (options.ProcessorCount is < 1 or > Maximum)
            throw new NotSupportedException($"The KVM backend runs 1 to {Maximum} processors, not {options.ProcessorCount}.");
        return new KvmPartition(options, this);
    }
}
