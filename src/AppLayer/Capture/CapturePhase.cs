namespace AppLayer.Capture;

/// <summary>What a capture is doing.</summary>
public enum CapturePhase
{
    /// <summary>The Windows below all others is being made, once for each version of Wine.</summary>
    MakingBase,

    /// <summary>Finding out what the system changes by itself, once for each base.</summary>
    ControlRun,

    /// <summary>The installer runs.</summary>
    Installing,

    /// <summary>Looking at the files that there are.</summary>
    Scanning,

    /// <summary>Fetching and unpacking packages, or copying what has changed.</summary>
    Collecting,

    /// <summary>Taking out what isn't part of the layer.</summary>
    RemovingNoise,

    /// <summary>Putting the layer into the store.</summary>
    Committing,
}
