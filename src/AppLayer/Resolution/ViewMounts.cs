using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using AppLayer.Files;
using AppLayer.Mounting;
using Microsoft.Win32.SafeHandles;
using VirtFoundation;
using VirtFoundation.Interop;

namespace AppLayer.Resolution;

/// <summary>Makes a view in this process's mount namespace.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe class ViewMounts
{
    private const string OpaqueMark = "user.overlay.opaque";
    private const uint NewDirectory = 0x1ed, NewFile = 0x1a4; // 0755, 0644
    private const UnixFileMode ForAll = (UnixFileMode)NewDirectory;
    private const ulong Inside = Libc.RESOLVE_BENEATH | Libc.RESOLVE_NO_SYMLINKS | Libc.RESOLVE_NO_MAGICLINKS;

    /// <summary>Carries out a plan.</summary>
    /// <exception cref="VirtException">A step failed; whatever was mounted is unmounted again. Directories that were made in writable layers
    /// stay: they hold nothing.</exception>
    internal static void Apply(ViewPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        MountNamespace.RequireOwn();
        var isMounted = false;
        try
        {
            foreach (var step in plan.Steps)
            {
                Take(step);
                isMounted |= step.Kind == ViewStepKind.Memory;
            }

            if (plan.Writable.Upper.StartsWith(plan.Target + "/", StringComparison.Ordinal))
            {
                RequireAttributes(plan.Writable.Upper);
            }
        }
        catch
        {
            if (isMounted)
            {
                Remove(plan);
            }

            throw;
        }
    }

    /// <summary>Takes a view away, with every mount in it.</summary>
    internal static void Remove(ViewPlan plan) => MountNamespace.Unmount(plan.Target);

    private static void Take(ViewStep step)
    {
        switch (step.Kind)
        {
            case ViewStepKind.Memory:
                MountNamespace.MountTmpfs(step.Directory, ForAll);
                break;
            case ViewStepKind.Directory:
                Make(step, MakeDirectory);
                break;
            case ViewStepKind.Attributes when step.Like is { } like:
                Dress(step.Directory, like, step);
                break;
            case ViewStepKind.Attributes:
                break;
            case ViewStepKind.File:
                Make(step, MakeFile);
                break;
            case ViewStepKind.Link:
                Make(step, MakeLink);
                break;
            case ViewStepKind.Overlay:
                MountOn(step, target => step.Overlay!.MountAt(target));
                break;
            default:
                MountOn(step, target => MountNamespace.Bind(step.Source!, target, recursive: true, step.IsReadOnly));
                break;
        }
    }

    private static void MountOn(ViewStep step, Action<string> mount)
    {
        using var target = Open(step.Directory, step.Place);
        try
        {
            mount($"/proc/self/fd/{target.DangerousGetHandle()}");
        }
        catch (VirtException e)
        {
            throw new VirtException(e.Code, $"'{Place.On(step.Directory, step.Place)}' can't be made for the view. {e.Message}", e);
        }
    }

    private static void Make(ViewStep step, Action<ViewStep, string> make)
    {
        using var parent = Open(step.Directory, Place.Parent(step.Place));
        var directory = $"/proc/self/fd/{parent.DangerousGetHandle()}";
        Check(Libc.Statx(Libc.AT_FDCWD, directory, 0, Libc.STATX_BASIC_STATS, out var before), step);
        make(step, $"{directory}/{Place.Name(step.Place)}");

        // Nothing that a program sees has changed by it.
        SetTime(directory, before.Modified.Seconds, before.Modified.Nanoseconds, step);
    }

    private static void MakeDirectory(ViewStep step, string path)
    {
        var isDeleted = false;
        if (Libc.Statx(Libc.AT_FDCWD, path, Libc.AT_SYMLINK_NOFOLLOW, Libc.STATX_BASIC_STATS, out var status) == 0)
        {
            if (status.Type == Statx.DirectoryType)
            {
                return;
            }

            if (!status.IsWhiteout)
            {
                throw new VirtException(VirtErrorCode.MountFailed,
                    $"A rule needs a directory at '{Place.On(step.Directory, step.Place)}', but a file is there; reset the application, or change the rule.");
            }

            // Deleted once: the directory is made anew, and what is below stays deleted.
            isDeleted = true;
            Check(Libc.Unlink(path), step);
        }

        Check(Libc.Mkdir(path, NewDirectory), step);
        byte mark = (byte)'y';
        if (isDeleted)
        {
            Check(Libc.SetXattr(path, OpaqueMark, &mark, 1, 0), step);
        }

        if (step.Like is { } like)
        {
            Dress(path, like, step);
        }
    }

    // In a user namespace the owners of the system's files can't be given; the application's user has them then.
    private static void Dress(string path, FileEntry like, ViewStep step)
    {
        _ = Libc.Lchown(path, like.UserId, like.GroupId);
        if (like.Mode != 0)
        {
            Check(Libc.Chmod(path, (uint)like.Mode), step);
        }

        if (like.Modified.Ticks != 0)
        {
            var (seconds, nanoseconds) = UnixTime.From(like.Modified);
            SetTime(path, seconds, nanoseconds, step);
        }
    }

    private static void SetTime(string path, long seconds, uint nanoseconds, ViewStep step)
    {
        var times = stackalloc Libc.Timespec[2];
        times[0] = new() { Nanoseconds = Libc.UTIME_OMIT };
        times[1] = new() { Seconds = seconds, Nanoseconds = nanoseconds };
        Check(Libc.Utimensat(Libc.AT_FDCWD, path, times, 0), step);
    }

    private static void MakeFile(ViewStep step, string path)
    {
        using var file = new SafeFileHandle(
            Libc.Open(path, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, NewFile), ownsHandle: true);
        Check(file.IsInvalid ? -1 : 0, step);
    }

    private static void MakeLink(ViewStep step, string path) => Check(Libc.Symlink(step.Source!, path), step);

    private static SafeFileHandle Open(string directory, string place)
    {
        using var root = Libc.OpenHandle(directory, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC);
        if (root.IsInvalid)
        {
            throw Failure(directory, "");
        }

        var descriptor = Libc.OpenAt2(
            (int)root.DangerousGetHandle(), place.Length == 0 ? "." : place, Libc.O_PATH | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, Inside);
        return descriptor >= 0 ? new(descriptor, ownsHandle: true) : throw Failure(directory, place);
    }

    /// <summary>File systems in memory keep the attributes that overlayfs marks by since Linux 6.6 only.</summary>
    private static void RequireAttributes(string directory)
    {
        byte mark = (byte)'y';
        if (Libc.SetXattr(directory, OpaqueMark, &mark, 1, 0) != 0 || Libc.RemoveXattr(directory, OpaqueMark) != 0)
        {
            throw MountNamespace.Failure(
                "Changes can't be kept in memory: this kernel's file systems there have no user attributes, as 6.6 and later do", Marshal.GetLastPInvokeError());
        }
    }

    private static void Check(int result, ViewStep step)
    {
        if (result != 0)
        {
            throw Failure(step.Directory, step.Place);
        }
    }

    private static VirtException Failure(string directory, string place) =>
        MountNamespace.Failure($"'{Place.On(directory, place)}' can't be made for the view", Marshal.GetLastPInvokeError());
}
