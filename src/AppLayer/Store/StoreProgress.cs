namespace AppLayer.Store;

/// <summary>How far a long work on the store is.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Files">Files done.</param>
/// <param name="TotalFiles">Files to do; 0 while that is not known.</param>
/// <param name="Bytes">Bytes done.</param>
/// <param name="TotalBytes">Bytes to do; 0 while that is not known.</param>
public sealed record StoreProgress(StoreStage Stage, int Files, int TotalFiles, long Bytes, long TotalBytes);
