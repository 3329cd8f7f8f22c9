namespace PipelineHost.Language.Syntax;

/// <summary>A script's statements, and all commands in them wherever they stand.</summary>
internal sealed record Script(IReadOnlyList<Statement> Statements, IReadOnlyList<CommandElement> Commands);
