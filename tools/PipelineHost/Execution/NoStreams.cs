using System.Management.Automation;

namespace PipelineHost.Execution;

/// <summary>For code that writes nothing.</summary>
internal sealed class NoStreams : IStreams
{
    public void Output(object? value) { }

    public void Error(ErrorRecord error, ErrorEnds ends) { }

    public void Warning(string text) { }

    public void Verbose(string text) { }

    public void Debug(string text) { }

    public void Information(InformationRecord record) { }

    public void Progress(ProgressRecord record) { }

    public void Line(string text) { }

    public void Flush() { }
}
