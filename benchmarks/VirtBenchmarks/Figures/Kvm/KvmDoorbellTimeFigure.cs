namespace VirtBenchmarks.Figures.Kvm;

/// <summary>The time of a doorbell.</summary>
internal sealed class KvmDoorbellTimeFigure() : KvmDoorbellFigure(instructions: false);
