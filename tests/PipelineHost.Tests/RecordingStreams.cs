using System.Management.Automation;
using System.Text;
using BindingProbe;
using PipelineHost.Execution;

namespace PipelineHost.Tests;

/// <summary>Keeps every stream in the notation of the recorded cases.</summary>
internal sealed class RecordingStreams : IStreams
{
    private readonly StringBuilder _order = new();

    public List<string> Outputs { get; } = [];
    public List<RecordedError> Errors { get; } = [];
    public List<string> Lines { get; } = [];
    public List<string> Verboses { get; } = [];
    public List<string> Warnings { get; } = [];
    public string Order => _order.ToString();

    public void Output(object? value)
    {
        _order.Append('O');
        Outputs.Add(Format.Describe(value));
    }

    public void Error(ErrorRecord error, ErrorEnds ends)
    {
        _order.Append('E');
        string what = ends switch { ErrorEnds.Nothing => "nothing", ErrorEnds.Statement => "statement", _ => "script" };
        Errors.Add(new RecordedError(error.FullyQualifiedErrorId, error.CategoryInfo.Category.ToString(),
            Format.Describe(error.TargetObject), error.ToString(), error.Exception.GetType().FullName!, what));
    }

    public void Warning(string text)
    {
        _order.Append('W');
        Warnings.Add(text);
    }

    public void Verbose(string text)
    {
        _order.Append('V');
        Verboses.Add(text);
    }

    public void Line(string text)
    {
        _order.Append('H');
        Lines.Add(text);
    }

    public void Debug(string text) { }

    public void Information(InformationRecord record) => Lines.Add(record.ToString());

    public void Progress(ProgressRecord record) { }

    public void Flush() { }
}
