using AppLayer.Files;

namespace AppLayer.Capture.Noise;

/// <summary>What a capture was made over.</summary>
internal interface ILowerFiles
{
    /// <summary>Whether the same stands at the same place below: content, owner, rights and attributes, whatever the times.</summary>
    /// <param name="place">Where, relative to a tree.</param>
    /// <param name="entry">What the capture has there.</param>
    /// <param name="path">Full path of the capture's file.</param>
    /// <returns>Null if nothing stands there.</returns>
    bool? IsSame(string place, FileEntry entry, string path);
}
