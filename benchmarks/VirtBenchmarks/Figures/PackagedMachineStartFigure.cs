namespace VirtBenchmarks.Figures;

/// <inheritdoc/>
internal sealed class PackagedMachineStartFigure() : MachineStartFigure("packaged", MachineFixture.UsePackagedWorker);
