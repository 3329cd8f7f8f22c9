namespace AppLayer.Tests.Store;

/// <summary>A test of what only Linux' file systems have.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "It needs file systems of Linux.";
    }
}
