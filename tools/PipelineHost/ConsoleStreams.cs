using System.Management.Automation;
using PipelineHost.Execution;
using PipelineHost.Formatting;

namespace PipelineHost;

/// <summary>Streams on a terminal: objects laid out on stdout, errors on stderr with id, action and place, messages marked.</summary>
internal sealed class ConsoleStreams(TextWriter output, TextWriter errors, bool showProgress) : IStreams
{
    private readonly List<object?> _held = [];
    private bool _progressShown;

    public void Output(object? value)
    {
        if (_held.Count > 0 && PSObject.Base(value) is string) Flush();
        if (PSObject.Base(value) is string text)
        {
            output.WriteLine(text);
            output.Flush();
        }
        else _held.Add(value);
    }

    public void Error(ErrorRecord error, ErrorEnds ends)
    {
        Flush();
        string command = error.InvocationInfo?.MyCommand.Name ?? "PipelineHost";
        errors.WriteLine($"{command}: {error}");
        errors.WriteLine($"    ErrorId: {error.FullyQualifiedErrorId}");
        errors.WriteLine($"    Category: {error.CategoryInfo.GetMessage()}");
        if (error.ErrorDetails is { RecommendedAction.Length: > 0 } details) errors.WriteLine($"    Recommended action: "
            + $"{details.RecommendedAction}");
        foreach (string line in error.PositionMessage?.Split('\n') ?? []) errors.WriteLine($"    {line}");
        errors.Flush();
    }

    public void Warning(string text) => Line("WARNING: " + text);

    public void Verbose(string text) => Line("VERBOSE: " + text);

    public void Debug(string text) => Line("DEBUG: " + text);

    public void Information(InformationRecord record) => Line(record.ToString());

    public void Progress(ProgressRecord record)
    {
        if (!showProgress) return;
        _progressShown = record.RecordType != ProgressRecordType.Completed;
        errors.Write($"\r\u001b[K{(_progressShown ? record.ToString() : "")}");
        errors.Flush();
    }

    public void Line(string text)
    {
        Flush();
        output.WriteLine(text);
        output.Flush();
    }

    public void Flush()
    {
        if (_progressShown) errors.Write("\r\u001b[K");
        _progressShown = false;
        foreach (string line in Formatter.Lines(_held)) output.WriteLine(line);
        _held.Clear();
        output.Flush();
    }
}
