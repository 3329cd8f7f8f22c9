namespace VirtTools.Build;

/// <summary><c>bench</c>: the figures of benchmarks/VirtBenchmarks, ours beside a peer's.</summary>
internal static class BenchTask
{
    internal static int Run(string[] arguments)
    {
        SolutionTask.Run([]);
        return Command.Run("dotnet", [Repository.AssemblyOf(Repository.At("benchmarks", "VirtBenchmarks")), "--json", Repository.At("out", "bench", "figures.json"), .. arguments]);
    }
}
