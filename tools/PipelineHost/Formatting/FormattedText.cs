namespace PipelineHost.Formatting;

/// <summary>What Format-Table and Format-List write.</summary>
internal sealed record FormattedText(IReadOnlyList<string> Lines);
