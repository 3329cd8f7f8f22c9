namespace PipelineHost.Language.Syntax;

internal sealed record VariableExpression(Position Position, string Name) : Expression(Position);
