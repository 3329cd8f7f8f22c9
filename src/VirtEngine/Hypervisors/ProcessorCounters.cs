namespace VirtEngine.Hypervisors;

/// <summary>What a virtual processor has done.</summary>
/// <param name="Instructions">Guest instructions executed, where the backend counts them; else 0.</param>
/// <param name="PortAccesses">Port accesses answered by devices.</param>
/// <param name="MmioAccesses">Memory accesses answered by devices.</param>
/// <param name="Interrupts">Interrupts delivered.</param>
/// <param name="Halts">Times it slept in HLT.</param>
public readonly record struct ProcessorCounters(long Instructions, long PortAccesses, long MmioAccesses, long Interrupts, long Halts);
