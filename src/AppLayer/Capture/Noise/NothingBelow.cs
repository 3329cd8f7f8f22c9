using AppLayer.Files;

namespace AppLayer.Capture.Noise;

/// <summary>Content that was not made over anything.</summary>
internal sealed class NothingBelow : ILowerFiles
{
    internal static readonly NothingBelow Instance = new();

    public bool? IsSame(string place, FileEntry entry, string path) => null;
}
