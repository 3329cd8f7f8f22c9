namespace VirtTools.Build.Debian;

/// <param name="Name">The package in Debian 12.</param>
/// <param name="Use">Whether it is installed, or only has to be known to apt because ours download it.</param>
/// <param name="NeededBy">What cannot run without it.</param>
internal sealed record DebianPackage(string Name, PackageUse Use, string NeededBy);
