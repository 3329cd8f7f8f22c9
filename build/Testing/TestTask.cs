using System.Collections.Concurrent;
using System.Diagnostics;
using VirtTools.Build.Debian;

namespace VirtTools.Build.Testing;

/// <summary>
/// <c>test</c>: runs every test project and sums up from the results files. The last line is the count. Nothing passes silently: a project
/// that ran no test, or whose run did not come to its end, counts as one failure.
/// </summary>
internal static class TestTask
{
    // Two at a time fill two processors: most tests wait for guests, workers and Wine. More would starve guests that measure time.
    private const int AtOnce = 2;

    // These take minutes, and begin first, so that none of them is left alone at the end: two that run tests at the same time, one after the other
    // (the first and the fourth), and beside them those that run one at a time and leave a processor idle now and then.
    private static readonly string[] Long = ["VirtEngine.Tests", "HardwareLab.Tests", "VirtCmdlets.Tests", "VirtWorker.Tests", "AppLayer.Tests"];

    internal static int Run(string[] words)
    {
        var watch = Stopwatch.StartNew();
        // apt waits for the network and the disk, while the compiler needs the processors; half an installation is left to nobody.
        var packages = Task.Run(() => DebianPackages.Provide(DebianPackages.ForTests));
        try
        {
            SolutionTask.Run([]);
            AheadOfTime.Compile();
        }
        finally
        {
            packages.GetAwaiter().GetResult();
        }

        if (DemoInstallers.Missing is null) DemoInstallers.Make(Repository.At("out", "demo"));
        var results = Repository.At("out", "test-results");
        if (Directory.Exists(results)) Directory.Delete(results, recursive: true);
        Directory.CreateDirectory(results);

        var projects = Directory.GetDirectories(Repository.At("tests"), "*.Tests")
            .Where(project => IsMeant(Path.GetFileName(project)))
            .OrderBy(project => Array.IndexOf(Long, Path.GetFileName(project)) is >= 0 and var rank ? rank : Long.Length)
            .ThenBy(project => project, StringComparer.Ordinal);
        var runs = new List<TestRun>();
        Parallel.ForEach(
            Partitioner.Create(projects, EnumerablePartitionerOptions.NoBuffering),
            new() { MaxDegreeOfParallelism = AtOnce },
            project => Add(DotnetTests.Run(project, results)));
        if (IsMeant("Tests.Pester")) Add(PesterTests.Run(results));
        return Report.Conclude(runs, watch.Elapsed, Console.Out);

        bool IsMeant(string name) => words.Length == 0 || words.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

        void Add(TestRun? run)
        {
            if (run is null) return;
            lock (runs)
            {
                runs.Add(run);
                Report.Show(run, Console.Out);
            }
        }
    }
}
