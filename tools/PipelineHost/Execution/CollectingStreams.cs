using System.Management.Automation;

namespace PipelineHost.Execution;

/// <summary>Keeps what scripts write.</summary>
internal sealed class CollectingStreams : IStreams
{
    public ScriptResult Result { get; set; } = new();

    public void Output(object? value) => Result.Output.Add(PSObject.Base(value));

    public void Error(ErrorRecord error, ErrorEnds ends) => Result.Errors.Add(error);

    public void Warning(string text) => Result.Warnings.Add(text);

    public void Verbose(string text) => Result.Verbose.Add(text);

    public void Debug(string text) { }

    public void Information(InformationRecord record) => Result.Lines.Add(record.ToString());

    public void Progress(ProgressRecord record) => Result.Progress.Add(record);

    public void Line(string text) => Result.Lines.Add(text);

    public void Flush() { }
}
