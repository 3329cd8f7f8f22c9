namespace VirtEngine.Conformance.Guests;

/// <summary>What the processor pushed when it came to a handler, and CR2.</summary>
internal readonly record struct TrapFrame(
    byte Vector, uint? ErrorCode, ulong InstructionPointer, ushort Code, ulong Flags, ulong StackPointer, ushort Stack, ulong Cr2, ulong HandlerStack);
