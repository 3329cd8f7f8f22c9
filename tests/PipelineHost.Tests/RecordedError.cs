namespace PipelineHost.Tests;

public sealed record RecordedError(string Id, string Category, string Target, string Message, string Exception, string Ends)
{
    /// <summary>What has to agree; messages quote PowerShell and .NET. Of an error of parsing the id alone matters.</summary>
    public string Key => Category == "ParserError" ? $"{Id} {Category}" : $"{Id} {Category} {Target} {Ends}";
}
