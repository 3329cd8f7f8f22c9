namespace PipelineHost.Language;

/// <summary>A place in a script, counted from 1.</summary>
internal readonly record struct Position(int Line, int Column);
