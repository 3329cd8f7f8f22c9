namespace VirtFoundation.Store;

/// <summary>Removes directories with what programs left in them, whatever rights they left it with.</summary>
internal static class TreeRemoval
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>Removes a directory; one that is not there is removed.</summary>
    /// <returns>Whether it is gone. Otherwise something of it is in use, or somebody else's.</returns>
    internal static bool TryRemove(string path)
    {
        try
        {
            return TryDelete(path) || (!OperatingSystem.IsWindows() && TryOpenUp(path) && TryDelete(path));
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool TryDelete(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    // The kernel's own directory beside a writable layer has no rights at all, which only root passes over.
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static bool TryOpenUp(string path)
    {
        try
        {
            File.SetUnixFileMode(path, Owner);
            return new DirectoryInfo(path).EnumerateDirectories("*", Everything)
                .All(directory => directory.LinkTarget is not null || TryOpenUp(directory.FullName));
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
