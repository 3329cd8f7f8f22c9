namespace PipelineHost.Language.Syntax;

/// <summary>$( … )</summary>
internal sealed record SubExpression(Position Position, IReadOnlyList<Statement> Statements) : Expression(Position);
