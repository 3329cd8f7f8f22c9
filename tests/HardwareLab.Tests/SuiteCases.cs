using LabRunner;

namespace HardwareLabTests;

/// <summary>Cases of every outcome, for the tests of the runner itself.</summary>
public static class SuiteCases
{
    public static IEnumerable<LabCase> Cases =>
    [
        new("passes", () => { }),
        new("fails\twith\ttabs", () =>
        {
            Console.WriteLine("what it said");
            throw new InvalidOperationException("line one\nline \\two\t.");
        }),
        new("is skipped", () => throw new CaseSkippedException("no such instruction")),
        new("ends the process", () => Environment.Exit(9)),
        new("hangs", () => Thread.Sleep(Timeout.Infinite)),
        new("comes last", () => { }),
    ];
}
