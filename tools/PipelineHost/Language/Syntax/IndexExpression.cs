namespace PipelineHost.Language.Syntax;

internal sealed record IndexExpression(Position Position, Expression Target, Expression Index) : Expression(Position);
