using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VirtFoundation.Interop;

// The calls that make mounts (linux/mount.h). C libraries have functions for the newer ones since 2022 only; their numbers are the same on
// every architecture.
internal static unsafe partial class Libc
{
    internal const int O_PATH = 0x20_0000;
    internal const int CLONE_FS = 0x200;

    internal const nuint MS_NOSUID = 2, MS_NODEV = 4, MS_REC = 0x4000, MS_PRIVATE = 1 << 18;
    internal const int MNT_DETACH = 2, UMOUNT_NOFOLLOW = 8;

    internal const uint FSOPEN_CLOEXEC = 1, FSMOUNT_CLOEXEC = 1;
    internal const uint FSCONFIG_SET_FLAG = 0, FSCONFIG_SET_STRING = 1, FSCONFIG_CMD_CREATE = 6;
    internal const uint MOVE_MOUNT_F_EMPTY_PATH = 4, MOVE_MOUNT_T_SYMLINKS = 0x10;
    internal const uint OPEN_TREE_CLONE = 1, OPEN_TREE_CLOEXEC = O_CLOEXEC;
    internal const uint AT_RECURSIVE = 0x8000;
    internal const ulong MOUNT_ATTR_RDONLY = 1, MOUNT_ATTR_NODEV = 4;

    private const nint SYS_open_tree = 428, SYS_move_mount = 429, SYS_fsopen = 430, SYS_fsconfig = 431, SYS_fsmount = 432, SYS_mount_setattr = 442;

    /// <inheritdoc cref="Open(string, int)"/>
    internal static SafeFileHandle OpenHandle(string path, int flags) => new(Open(path, flags), ownsHandle: true);

    internal static SafeFileHandle FsOpen(string fileSystem, uint flags) => new((nint)SysFsOpen(SYS_fsopen, fileSystem, flags), ownsHandle: true);

    internal static int FsConfig(SafeHandle context, uint command, string? key, string? value, int auxiliary) =>
        (int)SysFsConfig(SYS_fsconfig, context, command, key, value, auxiliary);

    internal static SafeFileHandle FsMount(SafeHandle context, uint flags, uint attributes) =>
        new((nint)SysFsMount(SYS_fsmount, context, flags, attributes), ownsHandle: true);

    internal static int MoveMount(SafeHandle from, string fromPath, int to, string toPath, uint flags) =>
        (int)SysMoveMount(SYS_move_mount, from, fromPath, to, toPath, flags);

    internal static SafeFileHandle OpenTree(int directory, string path, uint flags) =>
        new((nint)SysOpenTree(SYS_open_tree, directory, path, flags), ownsHandle: true);

    internal static int MountSetAttributes(SafeHandle directory, string path, uint flags, in MountAttributes attributes) =>
        (int)SysMountSetAttr(SYS_mount_setattr, directory, path, flags, attributes, (nuint)sizeof(MountAttributes));

    [LibraryImport(Library, EntryPoint = "mount", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int Mount(string? source, string target, string? fileSystem, nuint flags, string? data);

    [LibraryImport(Library, EntryPoint = "umount2", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int Umount2(string target, int flags);

    [LibraryImport(Library, EntryPoint = "unshare", SetLastError = true)]
    internal static partial int Unshare(int flags);

    [LibraryImport(Library, EntryPoint = "chdir", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int Chdir(string path);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(SafeHandle file, byte* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial nint SysFsOpen(nint number, string fileSystem, uint flags);

    [LibraryImport(Library, EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial nint SysFsConfig(nint number, SafeHandle context, uint command, string? key, string? value, int auxiliary);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SysFsMount(nint number, SafeHandle context, uint flags, uint attributes);

    [LibraryImport(Library, EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial nint SysMoveMount(nint number, SafeHandle from, string fromPath, int to, string toPath, uint flags);

    [LibraryImport(Library, EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial nint SysOpenTree(nint number, int directory, string path, uint flags);

    [LibraryImport(Library, EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial nint SysMountSetAttr(nint number, SafeHandle directory, string path, uint flags, in MountAttributes attributes, nuint size);

    /// <summary><c>struct mount_attr</c> (linux/mount.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MountAttributes
    {
        internal ulong Set, Clear, Propagation, UserNamespace;
    }
}
