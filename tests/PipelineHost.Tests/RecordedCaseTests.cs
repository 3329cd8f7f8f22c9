using PipelineHost.Execution;
using PipelineHost.Modules;
using Xunit.Abstractions;

namespace PipelineHost.Tests;

/// <summary>Each recorded case agrees with PowerShell or is refused by name; none differs.</summary>
public sealed class RecordedCaseTests(ITestOutputHelper log)
{
    /// <summary>Cases that must run: fewer mean that something which once agreed is refused now.</summary>
    private const int AgreeAtLeast = 641;

    [Fact]
    public void Every_recorded_case_agrees_with_PowerShell_or_is_refused_by_name()
    {
        var agree = new List<string>();
        var refused = new List<string>();
        var differ = new List<string>();
        foreach (RecordedCase recorded in RecordedCase.All)
        {
            var streams = new RecordingStreams();
            try
            {
                var session = new Session(streams);
                ModuleLoader.Import(session, typeof(BindingProbe.Format).Assembly.Location, "BindingProbe");
                new ScriptRunner(session).Run(recorded.Script);
            }
            catch (NotSupportedByHostException e)
            {
                refused.Add($"{recorded.Id}: {e.Message}");
                continue;
            }
            catch (Exception e)
            {
                differ.Add($"{recorded.Id}: {e}");
                continue;
            }
            string difference = Difference(recorded, streams);
            if (difference.Length == 0) agree.Add(recorded.Id);
            else differ.Add($"{recorded.Id}: {recorded.Script}{difference}");
        }
        log.WriteLine($"{agree.Count} agree, {refused.Count} are refused, {differ.Count} differ.");
        foreach (string line in refused) log.WriteLine("refused " + line);
        Assert.Equal(658, RecordedCase.All.Count);
        Assert.True(differ.Count == 0, $"{differ.Count} cases differ:\n{string.Join("\n", differ)}");
        Assert.True(agree.Count >= AgreeAtLeast, $"Only {agree.Count} cases agree.");
    }

    private static string Difference(RecordedCase recorded, RecordingStreams streams) => string.Concat(
        Compare("output", recorded.Output, streams.Outputs),
        Compare("errors", recorded.Errors.Select(e => e.Key), streams.Errors.Select(e => e.Key)),
        Compare("what-if", recorded.WhatIf, streams.Lines), Compare("verbose", recorded.Verbose, streams.Verboses),
        Compare("warnings", recorded.Warnings, streams.Warnings), Compare("order", [recorded.Order], [streams.Order]),
        Compare("terminated", [$"{recorded.Terminated}"], [$"{streams.Errors.Exists(e => e.Ends != "nothing")}"]));

    private static string Compare(string stream, IEnumerable<string> expected, IEnumerable<string> actual) => expected.SequenceEqual(actual)
        ? ""
        : $"\n  {stream} expected [{string.Join(" | ", expected)}]\n  {stream} actual   [{string.Join(" | ", actual)}]";
}
