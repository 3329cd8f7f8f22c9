namespace PipelineHost.Language;

/// <summary>A script that isn't PowerShell, with PowerShell's error id.</summary>
internal sealed class ScriptParseException(string errorId, string message, Position position) : Exception(message)
{
    public string ErrorId { get; } = errorId;
    public Position Position { get; } = position;
}
