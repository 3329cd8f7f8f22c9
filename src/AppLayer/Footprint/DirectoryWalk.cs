namespace AppLayer.Footprint;

/// <summary>The walk of this system.</summary>
internal static class DirectoryWalk
{
    internal static IDirectoryWalk Create() => OperatingSystem.IsWindows() ? new WindowsWalk() : new LinuxWalk();
}
