namespace PipelineHost.Language.Syntax;

/// <summary>A pipeline, or the assignment of one to a variable.</summary>
internal sealed record Statement(Position Position, string? Variable, Pipeline Pipeline);
