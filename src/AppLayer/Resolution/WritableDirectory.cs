using VirtSpecs;

namespace AppLayer.Resolution;

/// <summary>A layer that an application writes to, on the host.</summary>
/// <param name="Upper">The directory with its files.</param>
/// <param name="Work">A directory beside it, on the same file system, for the kernel's work.</param>
internal sealed record WritableDirectory(string Upper, string Work)
{
    /// <summary>Its files, as they are now.</summary>
    internal IFileSource Files(LayerPlatform platform) => Directory.Exists(Upper) ? new LiveFiles(Upper, platform) : NoFiles.Instance;
}
