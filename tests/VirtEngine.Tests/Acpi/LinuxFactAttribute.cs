namespace VirtEngine.Tests.Acpi;

/// <summary>A test that needs Linux: a program of its distributions, or what it says of a process.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "Needs Linux.";
    }
}
