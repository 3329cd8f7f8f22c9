using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace VirtEngine.Hypervisors.Software;

/// <summary>The software x86-64 CPU, tier 1: an interpreter over decoded and cached blocks. Runs on every x64 host.</summary>
public sealed class SoftwareHypervisor : IHypervisor
{
    private const int Maximum = 8;

    /// <inheritdoc/>
    public string Name => "software";

    /// <inheritdoc/>
    public HypervisorCapabilities Probe() => RuntimeInformation.ProcessArchitecture != Architecture.X64
        ? new(false, $"The software CPU needs an x64 host; this one is {RuntimeInformation.ProcessArchitecture}.", Maximum, false)
        : !Sse42.IsSupported
            ? new(false, "The software CPU needs a host with SSE4.2.", Maximum, false)
            : new(true, "An interpreter: needs no hardware virtualization.", Maximum, false);

    /// <inheritdoc/>
    public IPartition CreatePartition(PartitionOptions options)
    {
        if (options.ProcessorCount is < 1 or > Maximum)
            throw new NotSupportedException($"The software CPU runs 1 to {Maximum} processors, not {options.ProcessorCount}.");
        if (Probe() is { Usable: false } capabilities) throw new NotSupportedException(capabilities.Reason);
        return new SoftwarePartition(options);
    }
}
