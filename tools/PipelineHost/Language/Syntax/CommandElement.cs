namespace PipelineHost.Language.Syntax;

internal sealed record CommandElement(Position Position, string Name, string Line, IReadOnlyList<CommandArgument> Arguments);
