namespace VirtTools.Build.Testing;

internal enum TestOutcome
{
    Passed,
    Failed,
    Skipped,
}
