namespace PipelineHost.Language.Syntax;

/// <summary>@{ … }, bare or after [ordered] or [pscustomobject].</summary>
internal sealed record HashExpression(Position Position, HashKind Kind, IReadOnlyList<(Expression Key, Pipeline Value)> Entries)
    : Expression(Position);
