namespace VirtBenchmarks.Figures.Loops;

/// <inheritdoc cref="LoopCode.Crc"/>
internal sealed class NativeCrcFigure() : NativeLoopFigure(LoopCode.Crc, 20_000_000, 60_000_000);
