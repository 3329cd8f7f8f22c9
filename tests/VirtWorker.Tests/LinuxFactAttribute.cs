namespace VirtWorker.Tests;

/// <summary>A test of what only Linux has; with <see cref="AsRoot"/>, of what only root may do there.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    private bool _asRoot;

    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "It looks at /proc, which Linux has.";
        }
    }

    /// <summary>Skips where the tests do not run as root.</summary>
    public bool AsRoot
    {
        get => _asRoot;
        set
        {
            _asRoot = value;
            if (value && Environment.UserName != "root")
            {
                Skip = "It mounts a file system, which only root may.";
            }
        }
    }
}
