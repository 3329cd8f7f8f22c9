using VirtEngine.Tests.Software.Guests;

namespace VirtBenchmarks.Figures.Exits;

/// <summary>Loads and stores outside RAM.</summary>
internal sealed class MmioAllocationFigure() : ExitAllocationFigure("MMIO", ExitLoop.OfMmio);
