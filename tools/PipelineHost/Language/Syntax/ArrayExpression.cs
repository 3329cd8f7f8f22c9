namespace PipelineHost.Language.Syntax;

/// <summary>@( … )</summary>
internal sealed record ArrayExpression(Position Position, IReadOnlyList<Statement> Statements) : Expression(Position);
