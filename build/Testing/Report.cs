namespace VirtTools.Build.Testing;

/// <summary>What a run of the tests says.</summary>
internal static class Report
{
    internal static void Show(TestRun run, TextWriter to)
    {
        to.WriteLine($"{run.Project,-24} {run.Passed,6} passed {run.Failed,4} failed {run.Skipped,4} skipped  {run.Duration.TotalSeconds,6:0.0} s");
        foreach (var test in run.Tests.Where(test => test.Outcome == TestOutcome.Failed)) to.WriteLine($"\nFAILED {test.Name}\n{test.Message}\n");
        if (run.Problem is not null) to.WriteLine($"\nFAILED {run.Project}: {run.Problem}\n");
    }

    /// <summary>Writes the skipped tests with their reasons and, as the last line, the count.</summary>
    /// <returns>The exit code: 0 if something passed and nothing failed.</returns>
    internal static int Conclude(IReadOnlyList<TestRun> runs, TimeSpan duration, TextWriter to)
    {
        var skipped = runs.SelectMany(run => run.Tests).Where(test => test.Outcome == TestOutcome.Skipped).ToList();
        if (skipped.Count > 0) to.WriteLine("\nSkipped:");
        foreach (var test in skipped) to.WriteLine($"  {test.Name}: {test.Message}");

        var (passed, failed) = (runs.Sum(run => run.Passed), runs.Sum(run => run.Failed));
        to.WriteLine($"\n{runs.Count} projects in {duration.TotalMinutes:0.0} minutes.");
        to.WriteLine($"{passed} passed, {failed} failed, {skipped.Count} skipped");
        return passed > 0 && failed == 0 ? 0 : 1;
    }
}
