using VirtTools.Build.Testing;

namespace VirtTools.Build.Tests;

public class ReportTests
{
    private static readonly TestResult Passed = new("passed", TestOutcome.Passed, "");
    private static readonly TestResult Failed = new("failed", TestOutcome.Failed, "why");
    private static readonly TestResult Skipped = new("skipped", TestOutcome.Skipped, "why");

    [Fact]
    public void Only_a_run_in_which_something_passed_and_nothing_failed_is_good()
    {
        Assert.Equal(0, Conclude(Run(Passed), Run(Passed, Skipped)));
        Assert.Equal(1, Conclude());
        Assert.Equal(1, Conclude(Run()));
        Assert.Equal(1, Conclude(Run(Skipped)));
        Assert.Equal(1, Conclude(Run(Passed, Failed)));
        Assert.Equal(1, Conclude(Run(Passed), Run(Passed) with { Problem = "the host crashed" }));
    }

    [Fact]
    public void The_last_line_is_the_count()
    {
        var report = new StringWriter();
        Report.Conclude([Run(Passed, Skipped), Run(Passed, Failed), Run(Passed) with { Problem = "the host crashed" }], TimeSpan.Zero, report);
        Assert.EndsWith($"{Environment.NewLine}3 passed, 2 failed, 1 skipped{Environment.NewLine}", report.ToString(), StringComparison.Ordinal);
        Assert.Contains("skipped: why", report.ToString(), StringComparison.Ordinal);
    }

    private static int Conclude(params TestRun[] runs) => Report.Conclude(runs, TimeSpan.Zero, TextWriter.Null);

    private static TestRun Run(params TestResult[] tests) => new("Project", tests, TimeSpan.Zero, null);
}
