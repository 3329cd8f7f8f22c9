namespace VirtTools.Tests;

/// <summary>A test of what only root may do on Linux.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            Skip = "Only root on Linux mounts file systems and gives directories to any group.";
        }
    }
}
