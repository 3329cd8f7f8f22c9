namespace VirtEngine.Tests.Kvm;

/// <summary>A test of the host's KVM, whatever it can do.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KvmFactAttribute : FactAttribute
{
    public KvmFactAttribute()
    {
        if (!File.Exists("/dev/kvm")) Skip = "There is no /dev/kvm.";
    }
}
