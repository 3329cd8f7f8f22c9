using VirtEngine.Conformance.Guests;
using VirtEngine.Hypervisors.Software;

namespace VirtBenchmarks.Figures.Exits;

/// <summary>Writes to a port.</summary>
internal sealed class PortAllocationFigure() : ExitAllocationFigure("port", (rounds, exits) => ExitLoop.OfPorts(new SoftwareHypervisor(), rounds, exits));
