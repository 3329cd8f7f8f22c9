namespace VirtEngine.Hypervisors;

/// <summary>Why a virtual processor stopped, and where.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="InstructionPointer">RIP at the exit.</param>
/// <param name="Detail">For <see cref="ExitReason.Failed"/> and <see cref="ExitReason.Shutdown"/>: what happened, for the log.</param>
public readonly record struct Exit(ExitReason Reason, ulong InstructionPointer, string? Detail = null);
