using VirtTools.Build.Testing;

namespace VirtTools.Build.Tests;

/// <summary>Real runs of a real test project that ends as it is told.</summary>
public sealed class CountTests : IDisposable
{
    private readonly DirectoryInfo _results = Directory.CreateTempSubdirectory("virttools-count");

    public void Dispose() => _results.Delete(recursive: true);

    [Fact]
    public void Every_outcome_is_counted_with_its_reason()
    {
        var run = Run("CountedTests", "pass");
        Assert.Equal((2, 0, 1, null), (run.Passed, run.Failed, run.Skipped, run.Problem));
        var skipped = Assert.Single(run.Tests, test => test.Outcome == TestOutcome.Skipped);
        Assert.Equal(("CountedTests.Outcomes.Is_skipped", "there is no such device"), (skipped.Name, skipped.Message));
    }

    [Fact]
    public void A_failing_test_is_one_failure()
    {
        var run = Run("CountedTests", "fail");
        Assert.Equal((1, 1, 1, null), (run.Passed, run.Failed, run.Skipped, run.Problem));
        Assert.Contains("told to fail", Assert.Single(run.Tests, test => test.Outcome == TestOutcome.Failed).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("crash")]
    [InlineData("exit")]
    public void A_test_host_that_ends_early_is_a_failure(string end)
    {
        var run = Run("CountedTests", end);
        Assert.True(run.Failed > 0);
        Assert.Contains("crash", run.Problem, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("NoTestsAtAll", "no test ran")]
    [InlineData("NeverBuilt", "the build made no")]
    public void A_project_that_ran_nothing_is_a_failure(string project, string problem)
    {
        var run = Run(project, "pass");
        Assert.Equal((0, 1, 0), (run.Passed, run.Failed, run.Skipped));
        Assert.Contains(problem, run.Problem, StringComparison.Ordinal);
    }

    private TestRun Run(string project, string outcome) => DotnetTests.Run(
        Path.Combine(Repository.Root, "tests", project), _results.FullName, new Dictionary<string, string> { ["COUNTED_TESTS"] = outcome });
}
