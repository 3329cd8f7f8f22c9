namespace PipelineHost.Language.Syntax;

internal sealed record EnvironmentExpression(Position Position, string Name) : Expression(Position);
