using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using VirtEngine.Interop;

namespace VirtEngine.Store;

/// <summary>Directories and files that their owner alone can use: mode bits on Unix, the directory's access list on Windows.</summary>
internal static class OwnerOnly
{
    internal const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    internal const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Makes a directory, or makes sure that the one that exists is ours.</summary>
    /// <exception cref="VirtException">It cannot be made, is no directory, belongs to somebody else or is open to others.</exception>
    internal static void CreateDirectory(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                CreateOnWindows(path);
            }
            else
            {
                Directory.CreateDirectory(path, DirectoryMode);
                CheckOwner(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage($"The directory '{path}' cannot be made", e);
        }
    }

    /// <summary>How to open a file that is made if it is not there.</summary>
    internal static FileStreamOptions Open(FileMode mode, FileAccess access, FileShare share, int buffer = 0)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = buffer };
        if (!OperatingSystem.IsWindows() && mode != System.IO.FileMode.Open)
        {
            options.UnixCreateMode = FileMode;
        }

        return options;
    }

    private static void CheckOwner(string path)
    {
        if (Libc.Statx(Libc.AT_FDCWD, path, Libc.AT_SYMLINK_NOFOLLOW, Libc.STATX_BASIC_STATS, out var status) != 0)
        {
            throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        }

        if ((status.Mode & Statx.TypeMask) != Statx.DirectoryType)
        {
            // A link at the user's own choice (a root on another disk) is followed; what it leads to must be ours.
            if (Libc.Statx(Libc.AT_FDCWD, path, 0, Libc.STATX_BASIC_STATS, out var target) != 0 || status.Uid != Libc.Geteuid())
            {
                throw new VirtException(VirtErrorCode.AccessDenied, $"'{path}' is a link that somebody else made.");
            }

            status = target;
        }

        if (status.Uid != Libc.Geteuid())
        {
            throw new VirtException(VirtErrorCode.AccessDenied, $"The directory '{path}' belongs to another user (uid {status.Uid}).");
        }

        if ((status.Mode & (int)Others) != 0)
        {
            throw new VirtException(
                VirtErrorCode.AccessDenied, $"The directory '{path}' is open to other users; its mode must be 0700.");
        }
    }

    [SupportedOSPlatform("windows")]
    private static void CreateOnWindows(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        using var user = WindowsIdentity.GetCurrent();
        var security = new DirectorySecurity();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        foreach (var who in new[] { user.User!, new(WellKnownSidType.LocalSystemSid, null), new(WellKnownSidType.BuiltinAdministratorsSid, null) })
        {
            security.AddAccessRule(new(
                who, FileSystemRights.FullControl, InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit,
                PropagationFlags.None, AccessControlType.Allow));
        }

        new DirectoryInfo(path).Create(security);
    }
}
