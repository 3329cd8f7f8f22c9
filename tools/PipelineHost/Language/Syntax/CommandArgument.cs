namespace PipelineHost.Language.Syntax;

/// <summary>A parameter's name, a value, or both joined by a colon.</summary>
/// <param name="Name">Without dash and colon; null for a value alone.</param>
/// <param name="Text">The name as written, with dash and colon.</param>
internal sealed record CommandArgument(Position Position, string? Name, string? Text, Expression? Value);
