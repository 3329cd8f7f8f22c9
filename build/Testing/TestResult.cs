namespace VirtTools.Build.Testing;

/// <param name="Name">The test's full name.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Message">Why it failed or was skipped; empty if it passed.</param>
internal sealed record TestResult(string Name, TestOutcome Outcome, string Message);
