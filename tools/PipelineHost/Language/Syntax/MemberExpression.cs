namespace PipelineHost.Language.Syntax;

internal sealed record MemberExpression(Position Position, Expression Target, Expression Name) : Expression(Position);
