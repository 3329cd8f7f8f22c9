using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace VirtTools.Build.Packaging;

/// <summary>Looks at a packaged module as its users and their loader will.</summary>
internal static partial class PackageCheck
{
    // What PowerShell brings along.
    private static readonly string[] Host = ["System.Management.Automation", "netstandard"];

    internal static IEnumerable<string> Faults(ModuleLayout layout, IEnumerable<string> platforms) =>
        [.. ManifestFaults(layout), .. AssemblyFaults(layout), .. platforms.SelectMany(platform => WorkerFaults(layout, platform))];

    // A manifest names its files in quotes; PowerShell fails to import when one isn't there.
    private static IEnumerable<string> ManifestFaults(ModuleLayout layout)
    {
        if (!File.Exists(layout.Manifest)) return [$"{layout.Manifest} is missing"];
        return QuotedFile().Matches(File.ReadAllText(layout.Manifest)).Select(match => match.Groups[1].Value.Replace('\\', '/'))
            .Where(file => !File.Exists(layout.At(file))).Select(file => $"{file}, named in VirtTools.psd1, is missing");
    }

    private static IEnumerable<string> AssemblyFaults(ModuleLayout layout)
    {
        var own = layout.Root.GetFiles("*.dll");
        foreach (var missing in ModuleLayout.OwnAssemblies.Except(own.Select(Name))) yield return $"{missing}.dll is missing";
        foreach (var other in own.Select(Name).Except(ModuleLayout.OwnAssemblies)) yield return $"{other}.dll lies beside the cmdlets, where other modules' versions would meet it";

        var all = own.Concat(layout.Private.GetFiles("*.dll")).ToList();
        var known = all.Select(Name).Concat(Host).Concat(Directory.GetFiles(RuntimeDirectory, "*.dll").Select(Path.GetFileNameWithoutExtension)).ToHashSet();
        foreach (var file in all)
        {
            using var assembly = new PEReader(file.OpenRead());
            var metadata = assembly.GetMetadataReader();
            foreach (var handle in metadata.AssemblyReferences)
            {
                var reference = metadata.GetString(metadata.GetAssemblyReference(handle).Name);
                if (!known.Contains(reference)) yield return $"{reference}, used by {file.Name}, is missing";
            }
        }
    }

    private static IEnumerable<string> WorkerFaults(ModuleLayout layout, string platform)
    {
        var worker = layout.Worker(platform);
        if (!File.Exists(worker))
        {
            yield return $"{worker} is missing";
            yield break;
        }

        foreach (var assembly in (string[])["VirtWorker", "VirtEngine", "AppLayer", "VirtFoundation", "VirtSpecs", "System.Private.CoreLib"])
        {
            if (!IsReadyToRun(Path.Combine(layout.WorkerDirectory(platform), assembly + ".dll"))) yield return $"{platform}: {assembly}.dll is not compiled ahead of time";
        }

        // Called without arguments it says what it is and ends; that it can is the proof that its own runtime is whole.
        if (platform != PackageTask.ThisPlatform) yield break;
        var nowhere = new Dictionary<string, string> { ["DOTNET_ROOT"] = "/nonexistent", ["PATH"] = "" };
        var (code, output) = Command.Capture(worker, [], nowhere);
        if (code != 2 || output.Length == 0) yield return $"{worker} without arguments ended with {code} and said '{output}'";
    }

    /// <summary>Whether an assembly is compiled ahead of time.</summary>
    internal static bool IsReadyToRun(string path)
    {
        if (!File.Exists(path)) return false;
        using var assembly = new PEReader(File.OpenRead(path));
        return assembly.PEHeaders.CorHeader?.ManagedNativeHeaderDirectory.Size > 0;
    }

    private static string RuntimeDirectory => System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory();

    private static string Name(FileInfo file) => Path.GetFileNameWithoutExtension(file.Name);

    [GeneratedRegex("""['"]([^'"\r\n]+\.(?:dll|ps1xml|psm1|ps1))['"]""")]
    private static partial Regex QuotedFile();
}
