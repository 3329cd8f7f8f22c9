namespace VirtBenchmarks.Figures;

/// <inheritdoc/>
internal sealed class TwoProcessorMemoryFigure() : WorkerMemoryFigure(2);
