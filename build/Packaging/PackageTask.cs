using System.Runtime.InteropServices;
using VirtTools.Build.Packaging.Profiles;

namespace VirtTools.Build.Packaging;

/// <summary>
/// <c>package</c>: makes <c>out/VirtTools</c>, the directory that an administrator installs. Its manifest, views and help come from
/// <c>Module/</c>; the cmdlets and the records they write lie beside them; third-party assemblies, and what alone uses them, in
/// <c>private/</c>; and in <c>bin/&lt;rid&gt;/</c> a worker per platform with a runtime of its own.
/// </summary>
internal static class PackageTask
{
    private static readonly string[] Platforms = ["linux-x64", "win-x64"];

    /// <summary>The platform that this runs on, in .NET's words.</summary>
    internal static string ThisPlatform { get; } =
        (OperatingSystem.IsWindows() ? "win-" : "linux-") + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    /// <summary>Whether the package with this platform's worker is there, and no source is younger.</summary>
    internal static bool IsCurrent
    {
        get
        {
            var worker = new ModuleLayout(new(ModuleLayout.Path)).WorkerDirectory(ThisPlatform); // Written last.
            return Directory.Exists(worker) && Sources().Max(File.GetLastWriteTimeUtc) < Directory.GetLastWriteTimeUtc(worker);
        }
    }

    internal static int Run(string[] platforms)
    {
        foreach (var platform in platforms.Except(Platforms)) throw new TaskFailedException($"'{platform}' is none of {string.Join(", ", Platforms)}.");
        var layout = Make(platforms.Length > 0 ? platforms : Platforms);
        foreach (var part in layout.Root.GetDirectories("bin/*").Append(layout.Root))
        {
            var files = part.GetFiles("*", SearchOption.AllDirectories);
            Console.WriteLine($"{Path.GetRelativePath(Repository.Root, part.FullName),-28} {files.Length,4} files {files.Sum(file => file.Length) / 1e6,6:0.0} MB");
        }

        return 0;
    }

    /// <summary>Makes the module with workers for these platforms, and checks it.</summary>
    internal static ModuleLayout Make(params string[] platforms)
    {
        var stage = Repository.At("out", "stage");
        foreach (var old in (string[])[ModuleLayout.Path, stage]) Clear(old);

        Publish("VirtCmdlets", stage);
        Publish("VirtSpecs.Yaml", stage);
        var layout = new ModuleLayout(new(ModuleLayout.Path));
        layout.CopyModule(new(Repository.At("Module")));
        layout.MoveAssemblies(new(stage));
        var profile = Repository.At("out", "worker.mibc");
        var worker = Repository.At("src", "VirtWorker");
        Command.CheckQuietly("dotnet", ["build", worker, "-c", Repository.Configuration, "-v", "quiet", "-tl:off", "--nologo"]);
        MethodProfile.Write(Path.GetDirectoryName(Repository.AssemblyOf(worker))!, profile);
        foreach (var platform in platforms)
        {
            // From nothing: trimming again leaves out an assembly that was not needed the last time.
            Clear(Repository.At("src", "VirtWorker", "obj", Repository.Configuration, "net10.0", platform));
            Publish("VirtWorker", layout.WorkerDirectory(platform), "-r", platform, $"-p:MethodProfile={profile}");
            layout.SetModes(platform);
        }

        Directory.Delete(stage, recursive: true);
        var faults = PackageCheck.Faults(layout, platforms).ToList();
        return faults.Count == 0 ? layout : throw new TaskFailedException("The package is not sound:\n  " + string.Join("\n  ", faults));
    }

    private static void Clear(string directory)
    {
        if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
    }

    private static IEnumerable<string> Sources() =>
    [
        .. Directory.EnumerateFiles(Repository.Root, "Directory.*.props"),
        .. Directory.EnumerateFiles(Repository.At("Module"), "*", SearchOption.AllDirectories),
        .. Directory.EnumerateDirectories(Repository.At("src")).SelectMany(Directory.EnumerateFileSystemEntries)
            .Where(entry => Path.GetFileName(entry) is not ("bin" or "obj"))
            .SelectMany(entry => File.Exists(entry) ? [entry] : Directory.EnumerateFiles(entry, "*", SearchOption.AllDirectories)),
    ];

    private static void Publish(string project, string target, params string[] options)
    {
        Console.WriteLine($"Publishing {project} {string.Join(' ', options.Skip(1).Take(1))}".TrimEnd() + ".");
        Command.CheckQuietly(
            "dotnet",
            ["publish", Repository.At("src", project), "-c", Repository.Configuration, "-o", target, "-v", "quiet", "-tl:off", "--nologo", .. options]);
    }
}
