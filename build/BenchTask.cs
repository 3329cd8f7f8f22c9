using VirtTools.Build.Packaging;

namespace VirtTools.Build;

/// <summary><c>bench</c>: the figures of benchmarks/VirtBenchmarks, ours beside a peer's. It packages first where the package is not of these sources.</summary>
internal static class BenchTask
{
    internal static int Run(string[] arguments)
    {
        if (!PackageTask.IsCurrent) PackageTask.Make(PackageTask.ThisPlatform);
        SolutionTask.Run([]);
        return Command.Run("dotnet", [Repository.AssemblyOf(Repository.At("benchmarks", "VirtBenchmarks")), "--json", Repository.At("out", "bench", "figures.json"), .. arguments]);
    }
}
