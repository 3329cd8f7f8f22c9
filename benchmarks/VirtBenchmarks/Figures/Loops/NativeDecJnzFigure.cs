namespace VirtBenchmarks.Figures.Loops;

/// <inheritdoc cref="LoopCode.Count"/>
internal sealed class NativeDecJnzFigure() : NativeLoopFigure(LoopCode.Count, 150_000_000, 300_000_000)
{
    internal override double? Goal => 400;
}
