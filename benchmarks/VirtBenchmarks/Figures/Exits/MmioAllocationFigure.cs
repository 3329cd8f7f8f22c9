using VirtEngine.Conformance.Guests;
using VirtEngine.Hypervisors.Software;

namespace VirtBenchmarks.Figures.Exits;

/// <summary>Loads and stores outside RAM.</summary>
internal sealed class MmioAllocationFigure() : ExitAllocationFigure("MMIO", (rounds, exits) => ExitLoop.OfMmio(new SoftwareHypervisor(), rounds, exits));
