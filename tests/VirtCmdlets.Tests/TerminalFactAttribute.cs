namespace VirtCmdlets.Tests;

/// <summary>A test at a terminal, which script(1) makes; skipped, with the reason, where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TerminalFactAttribute : FactAttribute
{
    public TerminalFactAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "Pseudo-terminals are made by script(1), on Linux.";
        }
        else if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "script"))))
        {
            Skip = "There is no script(1), which makes a terminal; apt-get install bsdutils.";
        }
    }
}
