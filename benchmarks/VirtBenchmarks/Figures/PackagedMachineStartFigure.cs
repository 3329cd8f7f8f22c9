namespace VirtBenchmarks.Figures;

/// <inheritdoc/>
internal sealed class PackagedMachineStartFigure() : MachineStartFigure("packaged", 300, MachineFixture.UsePackagedWorker);
