namespace VirtBenchmarks.Figures;

/// <inheritdoc/>
internal sealed class BuiltMachineStartFigure() : MachineStartFigure("built", MachineFixture.UseBuiltWorker);
