namespace VirtFoundation.Packages;

/// <summary>What an archive says of a package.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Sha256">SHA-256 of the .deb, lower-case hexadecimal.</param>
/// <param name="Size">Bytes of the .deb.</param>
/// <param name="Dependencies">Names of the packages that it depends on.</param>
internal sealed record PackageInfo(string Name, string Version, string Sha256, long Size, IReadOnlyList<string> Dependencies);
