namespace System.Management.Automation;

/// <summary>How a command was called.</summary>
public class InvocationInfo
{
    internal InvocationInfo(CommandInfo command, string line, string invocationName, int lineNumber, int column, string? scriptName)
    {
        MyCommand = command;
        Line = line;
        InvocationName = invocationName;
        ScriptLineNumber = lineNumber;
        OffsetInLine = column;
        ScriptName = scriptName;
    }

    public CommandInfo MyCommand { get; }
    public string Line { get; }
    public string InvocationName { get; }
    public int ScriptLineNumber { get; }
    public int OffsetInLine { get; }
    public string? ScriptName { get; }
    public string PSCommandPath => ScriptName ?? "";
    public string PSScriptRoot => Path.GetDirectoryName(ScriptName) ?? "";
    public Dictionary<string, object?> BoundParameters { get; } = new(StringComparer.OrdinalIgnoreCase);
    public List<object> UnboundArguments { get; } = [];
    public bool ExpectingInput { get; internal set; }
    public int PipelineLength { get; internal set; } = 1;
    public int PipelinePosition { get; internal set; } = 1;

    public string PositionMessage => PositionOf(ScriptName, Line, ScriptLineNumber, OffsetInLine);

    internal static string PositionOf(string? script, string line, int number, int column) =>
        $"At {script ?? "line"}:{number} char:{column}\n+ {line.TrimEnd()}\n+ {new string(' ', Math.Max(column - 1, 0))}~";
}
