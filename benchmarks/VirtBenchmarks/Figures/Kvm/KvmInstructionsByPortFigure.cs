namespace VirtBenchmarks.Figures.Kvm;

/// <summary>The instructions of an exit by port.</summary>
internal sealed class KvmInstructionsByPortFigure() : ExitTripFigure("port", instructions: true);
