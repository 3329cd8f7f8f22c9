using System.Runtime.InteropServices;

namespace VirtFoundation.Launching;

/// <summary>
/// Finds the worker: self-contained in an installed module (<c>bin/&lt;rid&gt;/VirtWorker</c>), or the assembly beside ours, run by a .NET
/// runtime, in a build from source. <c>VIRTTOOLS_WORKER</c> names another.
/// </summary>
internal static class WorkerLocator
{
    private const string Name = "VirtWorker";

    internal static WorkerCommand Find() => Find(
        Path.GetDirectoryName(typeof(WorkerLocator).Assembly.Location)!, Environment.GetEnvironmentVariable("VIRTTOOLS_WORKER"),
        Environment.GetEnvironmentVariable("DOTNET_ROOT"));

    internal static WorkerCommand Find(string home, string? named, string? runtimeRoot)
    {
        var executable = OperatingSystem.IsWindows() ? Name + ".exe" : Name;
        var system = OperatingSystem.IsWindows() ? "win" : "linux";
        var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        string[] places = named is { Length: > 0 }
            ? [named]
            : [Path.Combine(home, "bin", $"{system}-{architecture}", executable), Path.Combine(home, Name + ".dll")];
        var found = Array.Find(places, File.Exists) ?? throw new VirtException(
            VirtErrorCode.WorkerNotFound, $"The worker's program was not found at {string.Join(" or ", places.Select(place => $"'{place}'"))}.");
        return found.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? new(Runtime(runtimeRoot), [found]) : new(found, []);
    }

    // The runtime that runs us if it is a dotnet, else the one that the environment names, else the one in PATH.
    private static string Runtime(string? root)
    {
        var muxer = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string?[] places =
        [
            Path.GetFileName(Environment.ProcessPath) == muxer ? Environment.ProcessPath : null,
            root is { Length: > 0 } ? Path.Combine(root, muxer) : null,
            Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", muxer)),
        ];
        return Array.Find(places, File.Exists) ?? muxer;
    }
}
