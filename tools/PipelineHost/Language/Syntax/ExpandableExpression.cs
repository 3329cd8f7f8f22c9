namespace PipelineHost.Language.Syntax;

/// <summary>Text with values in it, in order.</summary>
internal sealed record ExpandableExpression(Position Position, IReadOnlyList<Expression> Parts) : Expression(Position);
