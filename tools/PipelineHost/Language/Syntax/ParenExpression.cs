namespace PipelineHost.Language.Syntax;

/// <summary>( pipeline )</summary>
internal sealed record ParenExpression(Position Position, Pipeline Pipeline) : Expression(Position);
