namespace VirtEngine.Tests.Networks;

/// <summary>A test that makes a TAP interface.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TapFactAttribute : FactAttribute
{
    public TapFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || !File.Exists("/dev/net/tun") || !File.Exists("/usr/sbin/ip"))
            Skip = "Only root on a Linux with /dev/net/tun and iproute2 makes TAP interfaces.";
    }
}
