using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using VirtFoundation;
using VirtFoundation.Interop;

namespace AppLayer.Mounting;

/// <summary>A file system on its way to be mounted (fsopen(2)): options are given one by one, and the kernel says which one it refuses.</summary>
internal sealed unsafe class MountContext : IDisposable
{
    // The kernel keeps the last eight messages, a line each.
    private const int LongestMessage = 1024, Messages = 8;

    private readonly string _fileSystem;
    private readonly SafeFileHandle _context;

    private MountContext(string fileSystem, SafeFileHandle context) => (_fileSystem, _context) = (fileSystem, context);

    /// <summary>Begins.</summary>
    /// <returns>Null where the kernel is older than 5.2, or what filters its calls doesn't know this one.</returns>
    /// <exception cref="VirtException">The kernel doesn't have the file system, or mounting is not allowed here.</exception>
    internal static MountContext? TryOpen(string fileSystem)
    {
        var context = Libc.FsOpen(fileSystem, Libc.FSOPEN_CLOEXEC);
        if (!context.IsInvalid)
        {
            return new(fileSystem, context);
        }

        var error = Marshal.GetLastPInvokeError();
        context.Dispose();
        return error == Libc.ENOSYS ? null : throw MountNamespace.Failure($"The kernel can't mount {fileSystem}", error);
    }

    /// <summary>Gives an option.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="value">Its text, at most 255 bytes; null for an option without.</param>
    /// <exception cref="VirtException">The kernel refuses it.</exception>
    internal void Set(string key, string? value = null)
    {
        if (!TrySet(key, value, out var error))
        {
            throw Failure($"The kernel refused the option {key}{(value is null ? "" : $"={value}")} of {_fileSystem}", error);
        }
    }

    /// <summary>Gives an option that the kernel may not know.</summary>
    /// <returns>False if it doesn't know it.</returns>
    /// <exception cref="VirtException">It knows it, and refuses the value.</exception>
    internal bool TrySetKnown(string key, string value)
    {
        if (TrySet(key, value, out var error))
        {
            return true;
        }

        var failure = Failure($"The kernel refused the option {key}={value} of {_fileSystem}", error);
        return error == Libc.EINVAL && failure.Message.Contains("Unknown parameter", StringComparison.Ordinal) ? false : throw failure;
    }

    /// <summary>Makes the file system with its options, and mounts it.</summary>
    /// <param name="target">The directory to cover.</param>
    /// <param name="what">What it is, for the message of a failure.</param>
    /// <exception cref="VirtException">The kernel refuses.</exception>
    internal void MountAt(string target, string what)
    {
        if (Libc.FsConfig(_context, Libc.FSCONFIG_CMD_CREATE, null, null, 0) != 0)
        {
            throw Failure($"The kernel refused to make {what} for '{target}'", Marshal.GetLastPInvokeError());
        }

        using var mount = Libc.FsMount(_context, Libc.FSMOUNT_CLOEXEC, (uint)Libc.MOUNT_ATTR_NODEV);
        if (mount.IsInvalid)
        {
            throw Failure($"The kernel refused to mount {what} for '{target}'", Marshal.GetLastPInvokeError());
        }

        if (Libc.MoveMount(mount, "", Libc.AT_FDCWD, target, Libc.MOVE_MOUNT_F_EMPTY_PATH | Libc.MOVE_MOUNT_T_SYMLINKS) != 0)
        {
            throw MountNamespace.Failure($"The kernel refused to mount {what} at '{target}'", Marshal.GetLastPInvokeError());
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _context.Dispose();

    private bool TrySet(string key, string? value, out int error)
    {
        var command = value is null ? Libc.FSCONFIG_SET_FLAG : Libc.FSCONFIG_SET_STRING;
        var done = Libc.FsConfig(_context, command, key, value, 0) == 0;
        error = done ? 0 : Marshal.GetLastPInvokeError();
        return done;
    }

    private VirtException Failure(string what, int error) => MountNamespace.Failure(what, error, Log());

    /// <summary>What the kernel said about it: one message per read, each with a letter for its kind.</summary>
    private string Log()
    {
        var text = new StringBuilder();
        var buffer = stackalloc byte[LongestMessage];
        for (var i = 0; i < Messages && Libc.Read(_context, buffer, LongestMessage) is > 2 and var length; i++)
        {
            text.Append(text.Length == 0 ? "" : "; ").Append(Encoding.UTF8.GetString(buffer + 2, (int)length - 2).Trim());
        }

        return text.ToString();
    }
}
