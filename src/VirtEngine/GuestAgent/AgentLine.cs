namespace VirtEngine.GuestAgent;

/// <summary>A line that the guest wrote.</summary>
/// <param name="Text">Its bytes.</param>
/// <param name="Delimited">Whether it followed a sentinel.</param>
/// <param name="TooLong">Whether it was longer than a line may be; then it has no text.</param>
internal readonly record struct AgentLine(byte[] Text, bool Delimited, bool TooLong);
