using AppLayer.Registry.Views;

namespace AppLayer.Registry.Text;

/// <summary>The names of the roots, and where they are.</summary>
public static class RegRoots
{
    private static readonly (RegRoot Root, string Name, string Short, string Place)[] All =
    [
        Of(RegRoot.LocalMachine, RegistryRoots.Of(RegistryRoot.Machine)),
        Of(RegRoot.CurrentUser, RegistryRoots.Of(RegistryRoot.CurrentUser)),
        (RegRoot.Users, "HKEY_USERS", "HKU", "HKEY_USERS"),
        (RegRoot.ClassesRoot, "HKEY_CLASSES_ROOT", "HKCR", @"HKEY_LOCAL_MACHINE\Software\Classes"),
        (RegRoot.CurrentConfig, "HKEY_CURRENT_CONFIG", "HKCC", @"HKEY_LOCAL_MACHINE\System\CurrentControlSet\Hardware Profiles\Current"),
    ];

    /// <summary>The full name, such as <c>HKEY_LOCAL_MACHINE</c>.</summary>
    public static string Name(this RegRoot root) => All[(int)root].Name;

    /// <summary>
    /// The path in a tree whose first level is the full names of roots. The two roots that are only views are where writes through them
    /// go: for HKEY_CLASSES_ROOT the machine's classes.
    /// </summary>
    public static string Place(this RegRoot root) => All[(int)root].Place;

    /// <summary>Finds a root by its full or short name, in any case.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out RegRoot root)
    {
        foreach (var entry in All)
        {
            if (name.Equals(entry.Name, StringComparison.OrdinalIgnoreCase) || name.Equals(entry.Short, StringComparison.OrdinalIgnoreCase))
            {
                root = entry.Root;
                return true;
            }
        }

        root = default;
        return false;
    }

    private static (RegRoot Root, string Name, string Short, string Place) Of(RegRoot root, RegistryRootNames names) =>
        (root, names.Name, names.ShortName, names.Name);
}
