namespace PipelineHost.Execution;

/// <summary>What an error brought to its end.</summary>
internal enum ErrorEnds { Nothing, Statement, Script }
