using System.Runtime.InteropServices;
using VirtFoundation;
using VirtFoundation.Interop;

namespace AppLayer.Mounting;

/// <summary>
/// What can be mounted and unmounted in this process's mount namespace (mount_namespaces(7)), which must be its own: nothing here touches
/// the system's.
/// </summary>
internal static class MountNamespace
{
    /// <summary>The environment variable with the namespace of the process that started this one, as <see cref="Current"/> has it.</summary>
    internal const string StarterVariable = "VIRTTOOLS_STARTER_NAMESPACE";

    private static readonly Lazy<bool> Checked = new(() => Environment.GetEnvironmentVariable(StarterVariable) is { } starter && starter != Current);

    /// <summary>This process's mount namespace: <c>mnt:[4026531840]</c>.</summary>
    internal static string Current => new FileInfo("/proc/self/ns/mnt").LinkTarget ?? throw new PlatformNotSupportedException("/proc is not mounted.");

    /// <summary>Whether this process was started in a mount namespace of its own, by <see cref="NamespaceCommand"/>.</summary>
    internal static bool IsOwn => Checked.Value;

    /// <summary>Refuses to go on in a namespace that other programs live in.</summary>
    /// <exception cref="InvalidOperationException">It is one.</exception>
    internal static void RequireOwn()
    {
        if (!IsOwn)
        {
            throw new InvalidOperationException("This process shares its mount namespace with the system, and mounts nothing there.");
        }
    }

    /// <summary>Cuts the namespace off from mounts that are made elsewhere, and the other way round.</summary>
    internal static void MakePrivate()
    {
        RequireOwn();
        if (Libc.Mount(null, "/", null, Libc.MS_REC | Libc.MS_PRIVATE, null) != 0)
        {
            throw Failure("The mounts can't be made private", Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Shows a file or directory at another place too.</summary>
    /// <param name="source">What to show.</param>
    /// <param name="target">A place of the same kind, which is covered.</param>
    /// <param name="recursive">Whether what is mounted below the source is shown too. In a user namespace there is no other way where
    /// anything is.</param>
    /// <param name="readOnly">Whether nothing can be changed through it. Nodes of devices are used, not changed, all the same.</param>
    /// <exception cref="VirtException">The kernel refuses.</exception>
    internal static void Bind(string source, string target, bool recursive = false, bool readOnly = false)
    {
        RequireOwn();
        var below = recursive ? Libc.AT_RECURSIVE : 0;
        using var tree = Libc.OpenTree(Libc.AT_FDCWD, source, Libc.OPEN_TREE_CLONE | Libc.OPEN_TREE_CLOEXEC | below);
        if (tree.IsInvalid)
        {
            throw Failure($"'{source}' can't be shown at '{target}'", Marshal.GetLastPInvokeError());
        }

        var attributes = new Libc.MountAttributes { Set = Libc.MOUNT_ATTR_RDONLY };
        if (readOnly && Libc.MountSetAttributes(tree, "", Libc.AT_EMPTY_PATH | below, attributes) != 0)
        {
            throw Failure($"'{source}' can't be shown read-only at '{target}'", Marshal.GetLastPInvokeError());
        }

        if (Libc.MoveMount(tree, "", Libc.AT_FDCWD, target, Libc.MOVE_MOUNT_F_EMPTY_PATH | Libc.MOVE_MOUNT_T_SYMLINKS) != 0)
        {
            throw Failure($"'{source}' can't be mounted at '{target}'", Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Mounts an empty file system in memory.</summary>
    /// <param name="target">The directory that it covers.</param>
    /// <param name="mode">The permission bits of its root directory.</param>
    /// <param name="size">How much it can hold, in bytes; 0 for the kernel's half of the memory.</param>
    /// <exception cref="VirtException">The kernel refuses.</exception>
    internal static void MountTmpfs(string target, UnixFileMode mode, long size = 0)
    {
        RequireOwn();
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        var options = $"mode={Convert.ToString((int)mode, 8)}{(size == 0 ? "" : $",size={size}")}";
        if (Libc.Mount("virttools", target, "tmpfs", Libc.MS_NODEV | Libc.MS_NOSUID, options) != 0)
        {
            throw Failure($"A file system in memory can't be mounted at '{target}' with {options}", Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Takes the topmost mount away from a place, at once; files that are open in it stay so.</summary>
    /// <exception cref="VirtException">Nothing is mounted there, or the kernel refuses.</exception>
    internal static void Unmount(string target)
    {
        RequireOwn();
        if (Libc.Umount2(target, Libc.MNT_DETACH | Libc.UMOUNT_NOFOLLOW) != 0)
        {
            throw Failure($"What is mounted at '{target}' can't be unmounted", Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>A refusal of the kernel in words.</summary>
    internal static VirtException Failure(string what, int error, string log = "") => new(
        VirtErrorCode.MountFailed, $"{what}: {Marshal.GetPInvokeErrorMessage(error)} (error {error}){(log.Length == 0 ? "" : $". The kernel says: {log}")}.");
}
