namespace VirtTools.Build.Testing;

/// <summary>One project's tests, run.</summary>
/// <param name="Project">Its name.</param>
/// <param name="Tests">The tests that have a result.</param>
/// <param name="Duration">How long the run took.</param>
/// <param name="Problem">Why the run as a whole is no good even if all its tests passed; null if it is.</param>
internal sealed record TestRun(string Project, IReadOnlyList<TestResult> Tests, TimeSpan Duration, string? Problem)
{
    internal int Passed => Count(TestOutcome.Passed);

    internal int Failed => Count(TestOutcome.Failed) + (Problem is null ? 0 : 1);

    internal int Skipped => Count(TestOutcome.Skipped);

    private int Count(TestOutcome outcome) => Tests.Count(test => test.Outcome == outcome);
}
