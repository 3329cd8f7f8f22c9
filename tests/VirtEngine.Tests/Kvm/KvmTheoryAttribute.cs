namespace VirtEngine.Tests.Kvm;

/// <summary>A theory about the host's KVM, whatever it can do.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KvmTheoryAttribute : TheoryAttribute
{
    public KvmTheoryAttribute()
    {
        if (!File.Exists("/dev/kvm")) Skip = "There is no /dev/kvm.";
    }
}
