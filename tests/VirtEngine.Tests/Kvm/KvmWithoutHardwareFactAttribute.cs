using VirtEngine.Hypervisors.Kvm;

namespace VirtEngine.Tests.Kvm;

/// <summary>A test of what becomes of a guest where the host's KVM has no VT-x or AMD-V underneath, and so lacks instructions.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KvmWithoutHardwareFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> Usable = new(static () => new KvmHypervisor().Probe().Usable);

    public KvmWithoutHardwareFactAttribute()
    {
        if (!File.Exists("/dev/kvm")) Skip = "There is no /dev/kvm.";
        else if (Usable.Value) Skip = "The host's KVM has the processor's virtualization underneath, and does not leave the guest for these instructions.";
    }
}
