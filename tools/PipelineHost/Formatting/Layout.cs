namespace PipelineHost.Formatting;

/// <summary>Default: a table of up to four properties, else a list.</summary>
internal enum Layout { Default, Table, List }
