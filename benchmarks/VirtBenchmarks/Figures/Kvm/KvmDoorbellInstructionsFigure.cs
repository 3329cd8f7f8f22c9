namespace VirtBenchmarks.Figures.Kvm;

/// <summary>The instructions of a doorbell.</summary>
internal sealed class KvmDoorbellInstructionsFigure() : KvmDoorbellFigure(instructions: true);
