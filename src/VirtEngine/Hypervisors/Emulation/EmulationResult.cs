namespace VirtEngine.Hypervisors.Emulation;

/// <summary>What became of an instruction.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Vector">Of an exception: its vector.</param>
/// <param name="HasErrorCode">Of an exception: whether an error code belongs to it.</param>
/// <param name="ErrorCode">Of an exception: its error code.</param>
/// <param name="Address">Of a page fault: the linear address.</param>
/// <param name="Detail">Of a refusal: why.</param>
internal readonly record struct EmulationResult(
    EmulationOutcome Outcome, byte Vector = 0, bool HasErrorCode = false, uint ErrorCode = 0, ulong Address = 0, string? Detail = null);
