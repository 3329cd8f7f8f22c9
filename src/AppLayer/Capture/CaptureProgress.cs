using VirtSpecs;

namespace AppLayer.Capture;

/// <summary>How far a capture is.</summary>
/// <param name="Phase">What is being done.</param>
/// <param name="Files">Files done in this phase.</param>
/// <param name="TotalFiles">Files to do; 0 while that is not known.</param>
/// <param name="Bytes">Bytes done in this phase.</param>
/// <param name="TotalBytes">Bytes to do; 0 while that is not known.</param>
public sealed record CaptureProgress(CapturePhase Phase, long Files = 0, long TotalFiles = 0, long Bytes = 0, long TotalBytes = 0)
{
    /// <summary>The same in the words of plans.</summary>
    public SpecProgress ToSpecProgress() => new(
        Phase switch
        {
            CapturePhase.MakingBase => "Making the Windows below all layers, once",
            CapturePhase.ControlRun => "Finding out what the system changes by itself, once",
            CapturePhase.Installing => "Installing",
            CapturePhase.Scanning => "Looking at files",
            CapturePhase.Collecting => "Collecting files",
            CapturePhase.RemovingNoise => "Taking out what is not part of the layer",
            _ => "Putting the layer into the store",
        } + (TotalFiles > 0 ? $": {Files} of {TotalFiles} files" : ""),
        TotalBytes > 0 ? (int)(Bytes * 100 / TotalBytes) : null);
}
