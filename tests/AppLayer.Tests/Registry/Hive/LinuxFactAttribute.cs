namespace AppLayer.Tests.Registry.Hive;

/// <summary>A test with programs that only Linux distributions have.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "hivex, libregf and reglookup are programs of Linux.";
        }
    }
}
