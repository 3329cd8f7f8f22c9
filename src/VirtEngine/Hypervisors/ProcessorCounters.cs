namespace VirtEngine.Hypervisors;

/// <summary>What a virtual processor has done.</summary>
/// <param name="Instructions">Guest instructions executed, where the backend counts them; else 0.</param>
/// <param name="PortAccesses">Port accesses answered by devices.</param>
/// <param name="MmioAccesses">Memory accesses answered by devices.</param>
/// <param name="Interrupts">Interrupts delivered; on KVM without those that the processor takes by itself (APICv, AVIC).</param>
/// <param name="Halts">Times it slept in HLT; on KVM with those that were over at once.</param>
public readonly record struct ProcessorCounters(long Instructions, long PortAccesses, long MmioAccesses, long Interrupts, long Halts);
