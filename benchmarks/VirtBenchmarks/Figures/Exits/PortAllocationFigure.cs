using VirtEngine.Tests.Software.Guests;

namespace VirtBenchmarks.Figures.Exits;

/// <summary>Writes to a port.</summary>
internal sealed class PortAllocationFigure() : ExitAllocationFigure("port", ExitLoop.OfPorts);
