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

        var projects = Directory.GetDirectories(Repository.At("tests"), "*.Tests").Order(StringComparer.Ordinal)
            .Where(project => words.Length == 0 || words.Any(word => Path.GetFileName(project).Contains(word, StringComparison.OrdinalIgnoreCase)));
        var runs = new List<TestRun>();
        foreach (var project in projects)
        {
            runs.Add(Show(DotnetTests.Run(project, results)));
        }

        if (words.Length == 0 && PesterTests.Run(results) is { } pester) runs.Add(Show(pester));
        return Conclude(runs, watch.Elapsed);
    }

    private static TestRun Show(TestRun run)
    {
        Console.WriteLine($"{run.Project,-24} {run.Passed,6} passed {run.Failed,4} failed {run.Skipped,4} skipped  {run.Duration.TotalSeconds,6:0.0} s");
        foreach (var test in run.Tests.Where(test => test.Outcome == TestOutcome.Failed)) Console.WriteLine($"\nFAILED {test.Name}\n{test.Message}\n");
        if (run.Problem is not null) Console.WriteLine($"\nFAILED {run.Project}: {run.Problem}\n");
        return run;
    }

    private static int Conclude(List<TestRun> runs, TimeSpan duration)
    {
        var skipped = runs.SelectMany(run => run.Tests).Where(test => test.Outcome == TestOutcome.Skipped).ToList();
        if (skipped.Count > 0) Console.WriteLine("\nSkipped:");
        foreach (var test in skipped) Console.WriteLine($"  {test.Name}: {test.Message}");

        var (passed, failed) = (runs.Sum(run => run.Passed), runs.Sum(run => run.Failed));
        if (runs.Count == 0) Console.WriteLine("There is no such test project.");
        Console.WriteLine($"\n{runs.Count} projects in {duration.TotalMinutes:0.0} minutes.");
        Console.WriteLine($"{passed} passed, {failed} failed, {skipped.Count} skipped");
        return passed > 0 && failed == 0 ? 0 : 1;
    }
}
