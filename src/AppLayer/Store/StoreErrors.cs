using VirtFoundation;

namespace AppLayer.Store;

/// <summary>Failures of the file system in the store's words.</summary>
internal static class StoreErrors
{
    /// <summary>The failure of a work on the store.</summary>
    /// <param name="what">What was not done: a sentence's beginning.</param>
    /// <param name="cause">The file system's word.</param>
    /// <param name="directory">The store's directory.</param>
    internal static VirtException Of(string what, Exception cause, string directory) => IsFull(cause)
        ? new(VirtErrorCode.StorageFailed, $"{what}: the disk of '{directory}' is full{FreeSpace(directory)}. Nothing was changed.", cause)
        : VirtException.Storage(what, cause);

    // ENOSPC (28) and EDQUOT (122); ERROR_HANDLE_DISK_FULL (39) and ERROR_DISK_FULL (112).
    private static bool IsFull(Exception e) => OperatingSystem.IsWindows() ? (e.HResult & 0xffff) is 39 or 112 : e.HResult is 28 or 122;

    private static string FreeSpace(string directory)
    {
        try
        {
            return $", {new DriveInfo(directory).AvailableFreeSpace >> 20} MiB are free";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "";
        }
    }
}
