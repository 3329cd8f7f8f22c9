using System.Diagnostics;
using VirtTools.Build.Debian;

namespace VirtTools.Build.Testing;

/// <summary>
/// <c>test</c>: runs every test project and sums up from the results files. The last line is the count. Nothing passes silently: a project
/// that ran no test, or whose run did not come to its end, counts as one failure.
/// </summary>
internal static class TestTask
{
    internal static int Run(string[] words)
    {
        var watch = Stopwatch.StartNew();
        DebianPackages.Provide(DebianPackages.ForTests);
        SolutionTask.Run([]);
        var results = Repository.At("out", "test-results");
        if (Directory.Exists(results)) Directory.Delete(results, recursive: true);
        Directory.CreateDirectory(results);

        var projects = Directory.GetDirectories(Repository.At("tests"), "*.Tests").Order(StringComparer.Ordinal)
            .Where(project => IsMeant(Path.GetFileName(project)));
        var runs = new List<TestRun>();
        foreach (var project in projects) Add(DotnetTests.Run(project, results));
        if (IsMeant("Tests.Pester")) Add(PesterTests.Run(results));
        return Report.Conclude(runs, watch.Elapsed, Console.Out);

        bool IsMeant(string name) => words.Length == 0 || words.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

        void Add(TestRun? run)
        {
            if (run is null) return;
            runs.Add(run);
            Report.Show(run, Console.Out);
        }
    }
}
