namespace VirtSpecs;

/// <summary>The hypervisors that a machine can run on.</summary>
public enum HypervisorKind
{
    /// <summary>The Linux kernel's virtual machine, /dev/kvm.</summary>
    Kvm,

    /// <summary>The Windows Hypervisor Platform.</summary>
    [Unsupported]
    Whp,

    /// <summary>The software processor, which runs everywhere.</summary>
    Software,
}
