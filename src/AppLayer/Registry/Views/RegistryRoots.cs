using System.Diagnostics.CodeAnalysis;

namespace AppLayer.Registry.Views;

/// <summary>What everybody calls the roots that layers have keys under.</summary>
public static class RegistryRoots
{
    private const string User = @"Registry\User";

    /// <summary>The roots.</summary>
    public static IReadOnlyList<RegistryRootNames> All { get; } =
    [
        new(RegistryRoot.Machine, "HKEY_LOCAL_MACHINE", "HKLM", @"REGISTRY\Machine", "system.reg"),
        new(RegistryRoot.CurrentUser, "HKEY_CURRENT_USER", "HKCU", @"REGISTRY\User\S-1-5-21-0-0-0-1000", "user.reg"),
        new(RegistryRoot.DefaultUser, @"HKEY_USERS\.DEFAULT", @"HKU\.DEFAULT", @"REGISTRY\User\.Default", "userdef.reg"),
    ];

    /// <summary>What a root is called.</summary>
    public static RegistryRootNames Of(RegistryRoot root) => All[(int)root];

    /// <summary>Reads the kernel's path of a root, as the base key of Wine's registry files, with or without a backslash before it.</summary>
    /// <param name="path">The path.</param>
    /// <param name="root">The root.</param>
    /// <param name="userSid">The user's SID, if it is a user's root.</param>
    public static bool TryFromKernelPath(string path, out RegistryRoot root, out string? userSid) =>
        TryFromKernelPath(path, out root, out userSid, out var below) && below.Length == 0;

    /// <summary>Reads the kernel's path of a key.</summary>
    /// <param name="path">The path.</param>
    /// <param name="root">The root that it is under.</param>
    /// <param name="userSid">The user's SID, if that is a user's root.</param>
    /// <param name="below">The path below the root.</param>
    public static bool TryFromKernelPath(string path, out RegistryRoot root, out string? userSid, [NotNullWhen(true)] out string? below)
    {
        ArgumentNullException.ThrowIfNull(path);
        var plain = path.TrimStart('\\');
        userSid = null;
        foreach (var names in All)
        {
            root = names.Root;
            if (root != RegistryRoot.CurrentUser && RegistryPath.TryCut(plain, names.KernelPath, out below))
            {
                return true;
            }
        }

        root = RegistryRoot.CurrentUser;
        if (RegistryPath.TryCut(plain, User, out below) && below.StartsWith("S-1-", StringComparison.OrdinalIgnoreCase))
        {
            var end = below.IndexOf('\\', StringComparison.Ordinal);
            (userSid, below) = end < 0 ? (below, "") : (below[..end], below[(end + 1)..]);
            return true;
        }

        return false;
    }
}
