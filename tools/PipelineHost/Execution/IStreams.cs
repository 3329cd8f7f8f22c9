using System.Management.Automation;

namespace PipelineHost.Execution;

/// <summary>Where a script's streams go.</summary>
internal interface IStreams
{
    void Output(object? value);
    void Error(ErrorRecord error, ErrorEnds ends);
    void Warning(string text);
    void Verbose(string text);
    void Debug(string text);
    void Information(InformationRecord record);
    void Progress(ProgressRecord record);

    /// <summary>A line for the user alone, as What if: writes it.</summary>
    void Line(string text);

    /// <summary>A statement is over: what was held back for its layout can be shown.</summary>
    void Flush();
}
