using System.Runtime.CompilerServices;

namespace VirtTools.Build;

/// <summary>Where things are.</summary>
internal static class Repository
{
    internal const string Configuration = "Release";

    internal static string Root { get; } = Path.GetDirectoryName(Path.GetDirectoryName(ThisFile()))!;

    internal static string Solution { get; } = At("VirtTools.sln");

    internal static string Out { get; } = At("out");

    internal static string At(params ReadOnlySpan<string> path) => Path.Combine([Root, .. path]);

    /// <summary>What the solution's build makes of a project.</summary>
    /// <param name="project">The project's directory.</param>
    internal static string AssemblyOf(string project) =>
        Path.Combine(project, "bin", Configuration, "net10.0", Path.GetFileName(project) + ".dll");

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
