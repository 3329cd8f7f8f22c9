using System.Xml;
using System.Xml.Linq;

namespace VirtTools.Build.Testing;

/// <summary>What <c>dotnet test --logger trx</c> writes (http://microsoft.com/schemas/VisualStudio/TeamTest/2010).</summary>
internal sealed record TrxFile(IReadOnlyList<TestResult> Tests, IReadOnlyList<string> Errors)
{
    private static readonly XNamespace Team = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    /// <summary>Reads a results file.</summary>
    /// <param name="path">The file; one that is missing or torn is an error in what is returned, since a crash leaves such.</param>
    internal static TrxFile Read(string path)
    {
        try
        {
            var file = XDocument.Load(path);
            return new([.. file.Descendants(Team + "UnitTestResult").Select(Result)], [.. RunErrors(file)]);
        }
        catch (Exception e) when (e is XmlException or IOException)
        {
            return new([], ["no results file was written: " + e.Message]);
        }
    }

    private static TestResult Result(XElement result)
    {
        var outcome = (string?)result.Attribute("outcome") switch
        {
            "Passed" => TestOutcome.Passed,
            "NotExecuted" => TestOutcome.Skipped,
            _ => TestOutcome.Failed, // Failed, Error, Timeout, Aborted, Inconclusive …
        };
        var error = result.Element(Team + "Output")?.Element(Team + "ErrorInfo");
        string?[] lines = [(string?)error?.Element(Team + "Message"), (string?)error?.Element(Team + "StackTrace")];
        return new((string?)result.Attribute("testName") ?? "?", outcome, string.Join('\n', lines.Where(line => !string.IsNullOrEmpty(line))));
    }

    private static IEnumerable<string> RunErrors(XDocument file) => file.Descendants(Team + "RunInfo")
        .Where(info => (string?)info.Attribute("outcome") is "Error" or "Aborted" or "Failed")
        .Select(info => ((string?)info.Element(Team + "Text") ?? "").Trim());
}
