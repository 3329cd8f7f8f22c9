using HardwareLab;
using LabRunner;

namespace HardwareLabTests;

/// <summary>The runner of cases: each has the outcome that it deserves, whatever another one does.</summary>
[Collection(LabCollection.Name)]
public sealed class LabSuiteTests(SharedLab shared)
{
    [LabFact]
    public async Task Every_case_has_its_outcome_whatever_another_does()
    {
        var suite = new LabSuite(typeof(SuiteCases), TimeSpan.FromSeconds(2));
        var last = await suite.OutcomeAsync(shared.Lab, "comes last");
        Assert.Equal(CaseEvent.Pass, last.Event);
        Assert.Equal(CaseEvent.Pass, (await suite.OutcomeAsync(shared.Lab, "passes")).Event);
        Assert.Equal(new LabOutcome(CaseEvent.Skip, "no such instruction"), await suite.OutcomeAsync(shared.Lab, "is skipped"));
        await FailsWith("fails\twith\ttabs", "InvalidOperationException: line one\nline \\two\t.", "what it said");
        await FailsWith("ends the process", "ended with 9 in this case");
        await FailsWith("hangs", "did not end within 2 s");
        await Assert.ThrowsAsync<ArgumentException>(() => suite.OutcomeAsync(shared.Lab, "is unknown"));

        async Task FailsWith(string name, params string[] texts)
        {
            var outcome = await suite.OutcomeAsync(shared.Lab, name);
            Assert.Equal(CaseEvent.Fail, outcome.Event);
            foreach (string text in texts) Assert.Contains(text, outcome.Text, StringComparison.Ordinal);
        }
    }
}
