namespace VirtEngine.Tests.Networks;

/// <summary>A test that needs QEMU's x86 machine.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class QemuFactAttribute : FactAttribute
{
    public QemuFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/qemu-system-x86_64")) Skip = "Needs qemu-system-x86_64.";
    }
}
