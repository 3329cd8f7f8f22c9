namespace VirtTools.Build.Packaging;

/// <summary>Where things lie in the module's directory.</summary>
/// <param name="Root">The directory.</param>
internal sealed record ModuleLayout(DirectoryInfo Root)
{
    /// <summary>Where <c>package</c> makes it.</summary>
    internal static string Path { get; } = Repository.At("out", "VirtTools");

    /// <summary>The assemblies that PowerShell's default load context gets, by name: our own without third-party ones beneath their signatures.</summary>
    internal static readonly string[] OwnAssemblies = ["VirtCmdlets", "VirtEngine", "AppLayer", "VirtFoundation", "VirtSpecs"];

    internal string Manifest => At("VirtTools.psd1");

    internal DirectoryInfo Private => new(At("private"));

    internal string WorkerDirectory(string platform) => At("bin", platform);

    internal string Worker(string platform) => At("bin", platform, platform.StartsWith("win-", StringComparison.Ordinal) ? "VirtWorker.exe" : "VirtWorker");

    internal string At(params ReadOnlySpan<string> path) => System.IO.Path.Combine([Root.FullName, .. path]);

    /// <summary>Copies what stands in <c>Module/</c> as it stands there.</summary>
    internal void CopyModule(DirectoryInfo module)
    {
        Root.Create();
        foreach (var file in module.Exists ? module.GetFiles("*", SearchOption.AllDirectories) : [])
        {
            var target = At(System.IO.Path.GetRelativePath(module.FullName, file.FullName));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            file.CopyTo(target);
        }
    }

    /// <summary>Puts published assemblies where they belong, with their symbols, so that a stack trace has lines.</summary>
    internal void MoveAssemblies(DirectoryInfo published)
    {
        Private.Create();
        foreach (var file in published.GetFiles().Where(file => file.Extension is ".dll" or ".pdb"))
        {
            var own = OwnAssemblies.Contains(System.IO.Path.GetFileNameWithoutExtension(file.Name));
            file.MoveTo(System.IO.Path.Combine(own ? Root.FullName : Private.FullName, file.Name));
        }
    }

    /// <summary>Lets everybody read a worker's files and run its programs: the runtime's own files come with modes for their owner.</summary>
    internal void SetModes(string platform)
    {
        const UnixFileMode Read = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if (OperatingSystem.IsWindows()) return;
        foreach (var file in Directory.GetFiles(WorkerDirectory(platform)))
        {
            File.SetUnixFileMode(file, System.IO.Path.GetFileName(file) is "VirtWorker" or "createdump" ? Read | Execute : Read);
        }
    }
}
