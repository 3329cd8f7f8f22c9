namespace VirtBenchmarks.Figures.Kvm;

/// <summary>The instructions of an exit by memory.</summary>
internal sealed class KvmInstructionsByMemoryFigure() : ExitTripFigure("memory", instructions: true);
