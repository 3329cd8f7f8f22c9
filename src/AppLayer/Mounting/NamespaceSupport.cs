using System.ComponentModel;
using System.Diagnostics;
using VirtFoundation;
using VirtFoundation.Interop;

namespace AppLayer.Mounting;

/// <summary>Whether this computer lets its user have mount namespaces with overlays in them, and if not, what it lacks.</summary>
/// <param name="Kind">How namespaces are made for this user.</param>
/// <param name="Lack">What is missing and who can mend it, in a sentence or two; null if nothing.</param>
internal sealed record NamespaceSupport(NamespaceKind Kind, string? Lack)
{
    // overlayfs can be mounted in user namespaces, and keep its marks in user attributes, since 5.11.
    private static readonly Version OldestKernel = new(5, 11);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Tries it: makes a namespace with an overlay, both of which are gone with the process that had them.</summary>
    internal static NamespaceSupport Probe()
    {
        if (!OperatingSystem.IsLinux())
        {
            return new(NamespaceKind.User, "Views of an application's own need Linux' mount namespaces.");
        }

        var kind = Libc.Geteuid() == 0 ? NamespaceKind.Root : NamespaceKind.User;
        if (Try([.. NamespaceCommand.Options(kind), "--", "true"]) is { } refusal)
        {
            return new(kind, Explain(kind, refusal, "/proc"));
        }

        var directory = Directory.CreateTempSubdirectory("virttools-probe");
        try
        {
            var (upper, lower) = (directory.CreateSubdirectory("a").FullName, directory.CreateSubdirectory("b").FullName);
            string[] mount = ["mount", "-t", "overlay", "-o", $"userxattr,lowerdir={upper}:{lower}", "virttools", upper];
            return new(kind, Try([.. NamespaceCommand.Options(kind), "--", .. mount]) is { } overlay ? ExplainOverlay(overlay, "/proc") : null);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>Refuses where something is missing.</summary>
    /// <exception cref="VirtException">Something is.</exception>
    internal NamespaceKind Require() => Lack is null ? Kind : throw new VirtException(VirtErrorCode.NamespaceUnavailable, Lack);

    /// <summary>Why there is no namespace.</summary>
    /// <param name="kind">Which was asked for.</param>
    /// <param name="refusal">What <c>unshare</c> said, or why it could not be started.</param>
    /// <param name="proc">Where the kernel shows its settings.</param>
    internal static string Explain(NamespaceKind kind, string refusal, string proc)
    {
        if (kind == NamespaceKind.Root)
        {
            return $"Root may not make a mount namespace here, as in a container without CAP_SYS_ADMIN. {refusal}";
        }

        if (Setting(proc, "sys/kernel/unprivileged_userns_clone") == "0")
        {
            return "User namespaces are for root alone here: an administrator can set the sysctl kernel.unprivileged_userns_clone to 1.";
        }

        if (Setting(proc, "sys/user/max_user_namespaces") == "0")
        {
            return "This computer allows no user namespaces: an administrator can raise the sysctl user.max_user_namespaces above 0.";
        }

        return Setting(proc, "sys/kernel/apparmor_restrict_unprivileged_userns") == "1"
            ? "AppArmor keeps user namespaces from programs without a profile: an administrator can set the sysctl "
                + "kernel.apparmor_restrict_unprivileged_userns to 0, or give unshare a profile."
            : $"This user may not make a user namespace here. {refusal}";
    }

    /// <summary>Why there is no overlay in the namespace.</summary>
    /// <param name="refusal">What <c>mount</c> said.</param>
    /// <param name="proc">Where the kernel shows itself.</param>
    internal static string ExplainOverlay(string refusal, string proc)
    {
        var release = Setting(proc, "sys/kernel/osrelease") ?? "";
        var number = string.Concat(release.TakeWhile(letter => char.IsAsciiDigit(letter) || letter == '.')).TrimEnd('.');
        if (Version.TryParse(number, out var version) && version < OldestKernel)
        {
            return $"The kernel is {release}; overlays with their marks in user attributes need {OldestKernel} or later.";
        }

        return Setting(proc, "filesystems")?.Contains("\toverlay", StringComparison.Ordinal) == true
            ? $"An overlay can't be mounted here. {refusal}"
            : $"The kernel doesn't have overlayfs: its module 'overlay' is missing or may not be loaded. {refusal}";
    }

    private static string? Setting(string proc, string name) =>
        Path.Combine(proc, name) is var path && File.Exists(path) ? File.ReadAllText(path).TrimEnd() : null;

    /// <returns>What went wrong; null if nothing did.</returns>
    private static string? Try(string[] arguments)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(NamespaceCommand.Unshare, arguments)
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/",
            })!;
        }
        catch (Win32Exception e)
        {
            return $"The program '{NamespaceCommand.Unshare}' of util-linux can't be started: {e.Message}.";
        }

        using (process)
        {
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(Patience))
            {
                process.Kill();
                return $"'{NamespaceCommand.Unshare}' did not end within {Patience.TotalSeconds:0} s.";
            }

            return process.ExitCode == 0 ? null : $"'{NamespaceCommand.Unshare}' ended with {process.ExitCode}: {errors.Result.Trim()}";
        }
    }
}
