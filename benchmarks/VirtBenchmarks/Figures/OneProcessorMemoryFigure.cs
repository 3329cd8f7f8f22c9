namespace VirtBenchmarks.Figures;

/// <inheritdoc/>
internal sealed class OneProcessorMemoryFigure() : WorkerMemoryFigure(1);
