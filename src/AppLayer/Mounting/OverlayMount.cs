using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using VirtFoundation;
using VirtFoundation.Interop;

namespace AppLayer.Mounting;

/// <summary>
/// One overlay (kernel.org, filesystems/overlayfs) of directories over each other, with its marks in <c>user.</c> attributes, so that it is
/// the same for root and for everyone else.
/// </summary>
/// <remarks>
/// Every directory is opened first and handed to the kernel as <c>/proc/self/fd/N</c>: no path is too long for an option, none needs
/// escaping, and none can be exchanged between a check and the mount.
/// </remarks>
internal sealed record OverlayMount
{
    /// <summary>How many directories the kernel stacks (OVL_MAX_STACK), the upper one not counted.</summary>
    internal const int MaximumLowers = 500;

    // mount(2) copies one page, with a zero at its end.
    private const int LongestData = 4095;

    /// <summary>The directories that are only read, the topmost first: 1 to <see cref="MaximumLowers"/>, and 2 at least without an upper one.</summary>
    internal required IReadOnlyList<string> Lowers { get; init; }

    /// <summary>The directory that changes go to; null for an overlay that can't be changed.</summary>
    internal string? Upper { get; init; }

    /// <summary>An empty directory of the kernel's own on the same file system as the upper one, and not below it.</summary>
    internal string? Work { get; init; }

    /// <summary>Mounts it.</summary>
    /// <param name="target">The directory that it covers.</param>
    /// <exception cref="VirtException">A directory is missing, or the kernel refuses: the message says what, and which option.</exception>
    internal void MountAt(string target)
    {
        MountNamespace.RequireOwn();
        if (!TryMountByContext(target))
        {
            MountByData(target);
        }
    }

    /// <summary>Option by option, as kernels from 6.7 on have it.</summary>
    /// <returns>False if this one doesn't.</returns>
    internal bool TryMountByContext(string target)
    {
        using var directories = Open();
        using var context = MountContext.TryOpen("overlay");
        if (context is null || !context.TrySetKnown("lowerdir+", Place(directories.Lowers[0])))
        {
            return false;
        }

        foreach (var lower in directories.Lowers.Skip(1))
        {
            context.Set("lowerdir+", Place(lower));
        }

        if (directories.Upper is not null)
        {
            context.Set("upperdir", Place(directories.Upper));
            context.Set("workdir", Place(directories.Work!));
        }

        context.Set("source", "virttools");
        context.Set("userxattr");
        context.MountAt(target, ToString());
        return true;
    }

    /// <summary>With one text for all options (mount(2)), for kernels before 6.7.</summary>
    internal void MountByData(string target)
    {
        using var directories = Open();
        using var at = Open(target, "What the overlay shall cover");
        var data = new StringBuilder("userxattr,lowerdir=").AppendJoin(':', directories.Lowers.Select(Number));
        if (directories.Upper is not null)
        {
            data.Append($",upperdir={Number(directories.Upper)},workdir={Number(directories.Work!)}");
        }

        if (data.Length > LongestData)
        {
            throw new VirtException(VirtErrorCode.MountFailed,
                $"{Lowers.Count} directories do not fit into the {LongestData} bytes that this kernel takes as an overlay's options; 6.7 and later can.");
        }

        // The names are relative to this process's open files; a thread of its own has a working directory of its own.
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() => failure = MountInDirectoryOfFiles(Number(at), target, data.ToString()));
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    private ExceptionDispatchInfo? MountInDirectoryOfFiles(string at, string target, string data)
    {
        if (Libc.Unshare(Libc.CLONE_FS) != 0 || Libc.Chdir("/proc/self/fd") != 0)
        {
            return ExceptionDispatchInfo.Capture(MountNamespace.Failure("The directory of open files can't be entered", Marshal.GetLastPInvokeError()));
        }

        return Libc.Mount("virttools", at, "overlay", Libc.MS_NODEV, data) == 0
            ? null
            : ExceptionDispatchInfo.Capture(MountNamespace.Failure($"The kernel refused to mount {this} at '{target}'", Marshal.GetLastPInvokeError()));
    }

    /// <summary>What is mounted, for messages.</summary>
    public override string ToString() =>
        $"an overlay of {Lowers.Count} directories{(Upper is null ? "" : $" with upperdir={Upper} and workdir={Work}, side by side on one file system,")}";

    private static string Number(SafeFileHandle directory) => directory.DangerousGetHandle().ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Place(SafeFileHandle directory) => $"/proc/self/fd/{Number(directory)}";

    private static SafeFileHandle Open(string path, string what)
    {
        var directory = Libc.OpenHandle(path, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC);
        if (!directory.IsInvalid)
        {
            return directory;
        }

        var error = Marshal.GetLastPInvokeError();
        directory.Dispose();
        throw MountNamespace.Failure($"{what}, '{path}', can't be opened", error);
    }

    private OpenDirectories Open()
    {
        if (Lowers.Count is 0 or > MaximumLowers)
        {
            throw new VirtException(VirtErrorCode.MountFailed, $"An overlay has 1 to {MaximumLowers} directories below the writable one, not {Lowers.Count}.");
        }

        if (Upper is null && Lowers.Count < 2)
        {
            throw new VirtException(VirtErrorCode.MountFailed, "An overlay that can't be changed has two directories at least.");
        }

        if (Upper is null != Work is null)
        {
            throw new ArgumentException("An upper directory and a work directory go together.");
        }

        var opened = new OpenDirectories();
        try
        {
            for (var i = 0; i < Lowers.Count; i++)
            {
                opened.Lowers.Add(Open(Lowers[i], $"Directory {i + 1} of {Lowers.Count} of the overlay"));
            }

            opened.Upper = Upper is null ? null : Open(Upper, "The overlay's writable directory");
            opened.Work = Work is null ? null : Open(Work, "The overlay's work directory");
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private sealed class OpenDirectories : IDisposable
    {
        internal List<SafeFileHandle> Lowers { get; } = [];

        internal SafeFileHandle? Upper { get; set; }

        internal SafeFileHandle? Work { get; set; }

        public void Dispose()
        {
            Lowers.ForEach(lower => lower.Dispose());
            Upper?.Dispose();
            Work?.Dispose();
        }
    }
}
