namespace VirtBenchmarks.Figures;

/// <summary>Developers' worker, compiled just in time: shown for comparison with what ships.</summary>
internal sealed class BuiltMachineStartFigure() : MachineStartFigure("built", null, MachineFixture.UseBuiltWorker);
