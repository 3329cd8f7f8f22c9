namespace VirtEngine.Images;

/// <summary>Something that an image was made from.</summary>
/// <param name="Name">Name of the package, or path of the file.</param>
/// <param name="Version">Version of the package, empty for a file.</param>
/// <param name="Sha256">SHA-256 of the package or file, lower-case hexadecimal.</param>
public sealed record ImageSource(string Name, string Version, string Sha256);
