namespace VirtBenchmarks.Figures.Kvm;

/// <summary>The time of an exit by port.</summary>
internal sealed class KvmExitByPortFigure() : ExitTripFigure("port", instructions: false);
