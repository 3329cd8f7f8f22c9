namespace AppLayer.Capture;

/// <summary>How far a capture is.</summary>
/// <param name="Phase">What is being done.</param>
/// <param name="Files">Files done in this phase.</param>
/// <param name="TotalFiles">Files to do; 0 while that is not known.</param>
/// <param name="Bytes">Bytes done in this phase.</param>
/// <param name="TotalBytes">Bytes to do; 0 while that is not known.</param>
public sealed record CaptureProgress(CapturePhase Phase, long Files = 0, long TotalFiles = 0, long Bytes = 0, long TotalBytes = 0);
