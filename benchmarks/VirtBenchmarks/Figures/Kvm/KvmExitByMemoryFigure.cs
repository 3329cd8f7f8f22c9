namespace VirtBenchmarks.Figures.Kvm;

/// <summary>The time of an exit by memory.</summary>
internal sealed class KvmExitByMemoryFigure() : ExitTripFigure("memory", instructions: false);
