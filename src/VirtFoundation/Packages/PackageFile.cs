namespace VirtFoundation.Packages;

/// <summary>A file or link out of a package.</summary>
/// <param name="Path">Its path without a leading slash: <c>usr/sbin/qemu-ga</c>.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="Content">Its bytes; none for a link.</param>
/// <param name="Link">Where a symbolic link points to, or null.</param>
internal sealed record PackageFile(string Path, int Mode, byte[] Content, string? Link)
{
    /// <summary>The last part of the path.</summary>
    internal string Name => Path[(Path.LastIndexOf('/') + 1)..];
}
