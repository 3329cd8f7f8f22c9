namespace PipelineHost.Language.Syntax;

internal sealed record ArrayLiteralExpression(Position Position, IReadOnlyList<Expression> Items) : Expression(Position);
