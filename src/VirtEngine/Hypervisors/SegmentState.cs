namespace VirtEngine.Hypervisors;

/// <summary>A segment register with its hidden part (Intel SDM vol. 3, 3.4.3).</summary>
/// <param name="Selector">The visible part.</param>
/// <param name="Base">Linear base.</param>
/// <param name="Limit">Limit in bytes, granularity applied.</param>
/// <param name="Attributes">Access rights as in bits 8–23 of a descriptor's high word: type, S, DPL, P, (limit), AVL, L, D/B, G.</param>
public readonly record struct SegmentState(ushort Selector, ulong Base, uint Limit, ushort Attributes);
