using AppLayer.Activation;
using VirtFoundation;

namespace VirtWorker.Tests.Examples;

/// <summary>A test with the demo's Windows programs; skipped, with the reason, where Wine is missing or nobody made them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DemoFactAttribute : FactAttribute
{
    public DemoFactAttribute()
    {
        try
        {
            WineInstallation.Find();
        }
        catch (VirtException e)
        {
            Skip = e.Message;
        }

        if (Array.Find(Files, file => !Path.Exists(Path.Combine(Directory, file))) is { } missing)
        {
            Skip ??= $"There is no '{missing}' in '{Directory}'; './build.sh test' makes it where makensis, wixl and npm are.";
        }
    }

    /// <summary>What the demo's specs name, in <see cref="Directory"/>.</summary>
    internal static string[] Files => ["notes-setup.exe", "clock.msi", "node-18.20.8", "node-22.23.3"];

    /// <summary>Where they are made.</summary>
    internal static string Directory => Path.GetFullPath(Path.Combine(ApplicationExampleTests.Repository, "out", "demo"));
}
