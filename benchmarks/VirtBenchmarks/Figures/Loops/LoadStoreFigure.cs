namespace VirtBenchmarks.Figures.Loops;

/// <inheritdoc cref="LoopCode.LoadStore"/>
internal sealed class LoadStoreFigure() : QemuLoopFigure(LoopCode.LoadStore, 20_000_000, 60_000_000)
{
    internal override double? Goal => 250;
}
