namespace AppLayer.Tests.Registry.Text;

/// <summary>A test against a program that others wrote; skipped, with the reason, where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(string tool)
    {
        Tool = tool;
        if (!IsThere(tool)) Skip = $"It needs {tool}, which is not installed.";
    }

    public string Tool { get; }

    internal static bool IsThere(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, tool)));
}
