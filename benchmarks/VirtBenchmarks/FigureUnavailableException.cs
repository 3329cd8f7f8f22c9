namespace VirtBenchmarks;

/// <summary>A figure cannot be measured here, and the message says why.</summary>
internal sealed class FigureUnavailableException(string message) : Exception(message);
