namespace PipelineHost.Language.Syntax;

/// <summary>A string or number; <see cref="Text"/> is the text of a number.</summary>
internal sealed record ConstantExpression(Position Position, object Value, string? Text = null) : Expression(Position);
