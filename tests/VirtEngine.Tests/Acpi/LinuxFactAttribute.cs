namespace VirtEngine.Tests.Acpi;

/// <summary>A test against a program that only Linux distributions have.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "The peer program exists on Linux alone.";
    }
}
