namespace VirtEngine.Hypervisors;

/// <summary>GDTR or IDTR.</summary>
/// <param name="Base">Linear base.</param>
/// <param name="Limit">Offset of the last byte.</param>
public readonly record struct TableState(ulong Base, ushort Limit);
