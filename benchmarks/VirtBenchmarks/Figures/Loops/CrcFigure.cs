namespace VirtBenchmarks.Figures.Loops;

/// <inheritdoc cref="LoopCode.Crc"/>
internal sealed class CrcFigure() : QemuLoopFigure(LoopCode.Crc, 20_000_000, 60_000_000);
