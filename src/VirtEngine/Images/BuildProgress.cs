namespace VirtEngine.Images;

/// <summary>How far the making of an image is.</summary>
/// <param name="Activity">What is being done: <c>Downloading busybox-static 1:1.35.0-4</c>.</param>
public readonly record struct BuildProgress(string Activity);
