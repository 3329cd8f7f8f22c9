using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using Microsoft.Win32.SafeHandles;
using VirtFoundation.Interop;

namespace VirtFoundation.Store;

/// <summary>
/// Directories and files that their owner alone can use; under the computer's root, the operators too. On Unix mode bits say it, and what lies
/// in a directory follows it: in one that is shared with a group (2770) everything is. On Windows the root's access list is inherited.
/// </summary>
internal static class RestrictedFiles
{
    private const UnixFileMode OwnersDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode SharedFile = OwnersFile | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
    private const UnixFileMode SharedDirectory = OwnersDirectory | UnixFileMode.SetGroup
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;

    private const UnixFileMode World = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
    private const UnixFileMode Others = World | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;

    /// <summary>Makes a directory that begins a tree, or makes sure that the one that exists is ours.</summary>
    /// <param name="path">Where.</param>
    /// <param name="share">Whether the operators, if there are any, use it too. What its owner made before there were any is shared then.</param>
    /// <exception cref="VirtException">It cannot be made, is no directory, belongs to somebody else or is open to others.</exception>
    internal static void CreateRoot(string path, bool share) => Try(path, () =>
    {
        if (OperatingSystem.IsWindows())
        {
            CreateRootOnWindows(path, share);
            return;
        }

        Directory.CreateDirectory(path, OwnersDirectory);
        var group = share ? OperatorsGroup.FindOnUnix() : null;
        var status = StatusOf(path);
        if (group is { } operators && status.Uid == Libc.Geteuid() && SharedWith(status) != operators)
        {
            Share(path, operators);
            status = StatusOf(path);
        }

        Check(path, status, group);
    });

    /// <summary>Makes a directory, and what is missing above it, for those who use the one that it lies in.</summary>
    /// <exception cref="VirtException">It cannot be made, is no directory, belongs to somebody else or is open to others.</exception>
    internal static void CreateDirectory(string path) => Try(path, () =>
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        var parent = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(parent))
        {
            CreateDirectory(parent);
        }

        var group = GroupOf(parent);
        Directory.CreateDirectory(path, OwnersDirectory);
        var status = StatusOf(path);
        if (group is { } operators && status.Uid == Libc.Geteuid() && SharedWith(status) != operators)
        {
            Share(path, operators);
            status = StatusOf(path);
        }

        Check(path, status, group);
    });

    /// <summary>Opens a file; one that is made by this is for those who use its directory.</summary>
    internal static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 0 };
        if (OperatingSystem.IsWindows() || mode == FileMode.Open)
        {
            return new(path, options);
        }

        options.UnixCreateMode = OwnersFile;
        var file = new FileStream(path, options);
        ShareWithGroup(file.SafeFileHandle, path);
        return file;
    }

    /// <summary>Opens a file, or makes it, for reading and writing, without the lock that the runtime takes on what it opens.</summary>
    /// <exception cref="IOException">The system refuses.</exception>
    [UnsupportedOSPlatform("windows")]
    internal static SafeFileHandle OpenUnlocked(string path)
    {
        var descriptor = Libc.Open(path, Libc.O_RDWR | Libc.O_CREAT | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, (uint)OwnersFile);
        if (descriptor < 0)
        {
            throw Marshal.GetLastPInvokeError() == Libc.EACCES
                ? new UnauthorizedAccessException(Marshal.GetLastPInvokeErrorMessage())
                : new IOException(Marshal.GetLastPInvokeErrorMessage());
        }

        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        ShareWithGroup(file, path);
        return file;
    }

    // The process's umask takes the group's rights away when a file is made.
    [UnsupportedOSPlatform("windows")]
    private static void ShareWithGroup(SafeFileHandle file, string path)
    {
        if (GroupOf(Path.GetDirectoryName(path)!) is not null && File.GetUnixFileMode(file) == OwnersFile)
        {
            File.SetUnixFileMode(file, SharedFile);
        }
    }

    /// <summary>Makes a file or socket that was just made for those who use its directory.</summary>
    internal static void Restrict(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, GroupOf(Path.GetDirectoryName(path)!) is null ? OwnersFile : SharedFile);
        }
    }

    /// <summary>The group that uses a directory beside its owner.</summary>
    /// <returns>Null if its owner alone does.</returns>
    [UnsupportedOSPlatform("windows")]
    internal static uint? GroupOf(string directory) => SharedWith(StatusOf(directory));

    private static void Try(string path, Action create)
    {
        try
        {
            create();
        }
        catch (UnauthorizedAccessException e)
        {
            throw VirtException.Storage($"The directory '{path}' cannot be made", e);
        }
        catch (IOException e)
        {
            throw new VirtException(IsFull(e) ? VirtErrorCode.StorageFailed : VirtErrorCode.RootUnusable, $"The directory '{path}' cannot be made: {e.Message}", e);
        }
    }

    // ENOSPC (28) and EDQUOT (122); ERROR_DISK_FULL (112) and ERROR_HANDLE_DISK_FULL (39).
    private static bool IsFull(IOException e) => OperatingSystem.IsWindows() ? (e.HResult & 0xffff) is 39 or 112 : e.HResult is 28 or 122;

    private static uint? SharedWith(in Statx status) =>
        ((UnixFileMode)(status.Mode & ~Statx.TypeMask) & (SharedDirectory | World)) == SharedDirectory ? status.Gid : null;

    // A link at its owner's choice (a root on another disk) is followed; what it leads to must be right too.
    private static Statx StatusOf(string path)
    {
        var status = StatusOf(path, Libc.AT_SYMLINK_NOFOLLOW);
        if ((status.Mode & Statx.TypeMask) == Statx.DirectoryType)
        {
            return status;
        }

        var target = StatusOf(path, 0);
        return status.Uid == Libc.Geteuid() || status.Uid == target.Uid
            ? target
            : throw new VirtException(VirtErrorCode.AccessDenied, $"'{path}' is a link that somebody else made.");
    }

    private static Statx StatusOf(string path, int flags) =>
        Libc.Statx(Libc.AT_FDCWD, path, flags, Libc.STATX_BASIC_STATS, out var status) == 0
            ? status
            : throw new IOException($"'{path}': {Marshal.GetLastPInvokeErrorMessage()}");

    private static void Check(string path, in Statx status, uint? group)
    {
        if (group is not null && SharedWith(status) == group)
        {
            return; // Whoever made it is one of those who share it.
        }

        if (status.Uid != Libc.Geteuid())
        {
            throw new VirtException(
                VirtErrorCode.AccessDenied,
                $"The directory '{path}' belongs to another user (uid {status.Uid})"
                + (group is null ? "." : $" and is not shared with the group '{OperatorsGroup.UnixName}' yet: that user's next command shares it."));
        }

        if (((UnixFileMode)status.Mode & Others) != 0)
        {
            throw new VirtException(
                VirtErrorCode.AccessDenied, $"The directory '{path}' is open to other users; its mode must be 0700.");
        }
    }

    // What is shared was its owner's alone until now: nobody exchanges anything under our hands.
    [UnsupportedOSPlatform("windows")]
    private static void Share(string path, uint group)
    {
        foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos())
        {
            if (entry.LinkTarget is null && entry is DirectoryInfo)
            {
                Share(entry.FullName, group);
            }
            else if (entry.LinkTarget is null)
            {
                Give(entry.FullName, group, SharedFile);
            }
        }

        Give(path, group, SharedDirectory);
    }

    [UnsupportedOSPlatform("windows")]
    private static void Give(string path, uint group, UnixFileMode mode)
    {
        if (Libc.Chown(path, uint.MaxValue, group) != 0)
        {
            throw new UnauthorizedAccessException($"'{path}' cannot be given to the group '{OperatorsGroup.UnixName}': {Marshal.GetLastPInvokeErrorMessage()}");
        }

        File.SetUnixFileMode(path, mode); // After the change of group, which takes the set-group bit away.
    }

    [SupportedOSPlatform("windows")]
    private static void CreateRootOnWindows(string path, bool share)
    {
        var operators = share ? OperatorsGroup.FindOnWindows() : null;
        var directory = new DirectoryInfo(path);
        if (directory.Exists)
        {
            if (operators is not null)
            {
                ShareOnWindows(directory, operators);
            }

            return;
        }

        using var user = WindowsIdentity.GetCurrent();
        var security = new DirectorySecurity();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        security.AddAccessRule(Rule(new(WellKnownSidType.LocalSystemSid, null), FileSystemRights.FullControl));
        security.AddAccessRule(Rule(new(WellKnownSidType.BuiltinAdministratorsSid, null), FileSystemRights.FullControl));
        if (!share)
        {
            security.AddAccessRule(Rule(user.User!, FileSystemRights.FullControl));
        }

        if (operators is not null)
        {
            security.AddAccessRule(Rule(operators, FileSystemRights.Modify));
        }

        directory.Create(security);
    }

    [SupportedOSPlatform("windows")]
    private static void ShareOnWindows(DirectoryInfo directory, SecurityIdentifier operators)
    {
        var security = directory.GetAccessControl();
        foreach (FileSystemAccessRule rule in security.GetAccessRules(includeExplicit: true, includeInherited: false, typeof(SecurityIdentifier)))
        {
            if (rule.IdentityReference.Equals(operators))
            {
                return;
            }
        }

        security.AddAccessRule(Rule(operators, FileSystemRights.Modify));
        directory.SetAccessControl(security);
    }

    [SupportedOSPlatform("windows")]
    private static FileSystemAccessRule Rule(SecurityIdentifier who, FileSystemRights rights) => new(
        who, rights, InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit, PropagationFlags.None, AccessControlType.Allow);
}
