namespace PipelineHost.Language.Syntax;

/// <summary>An expression at the start or none, then commands.</summary>
internal sealed record Pipeline(Position Position, Expression? Source, IReadOnlyList<CommandElement> Commands);
