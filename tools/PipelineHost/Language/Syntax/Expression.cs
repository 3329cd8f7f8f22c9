namespace PipelineHost.Language.Syntax;

internal abstract record Expression(Position Position);
