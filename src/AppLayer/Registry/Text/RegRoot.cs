namespace AppLayer.Registry.Text;

/// <summary>The keys with which paths in .reg files begin.</summary>
public enum RegRoot
{
    /// <summary>HKEY_LOCAL_MACHINE, HKLM.</summary>
    LocalMachine,

    /// <summary>HKEY_CURRENT_USER, HKCU.</summary>
    CurrentUser,

    /// <summary>HKEY_USERS, HKU.</summary>
    Users,

    /// <summary>HKEY_CLASSES_ROOT, HKCR: a view; what is written through it goes to the machine's classes.</summary>
    ClassesRoot,

    /// <summary>HKEY_CURRENT_CONFIG, HKCC: a link into the machine's key.</summary>
    CurrentConfig,
}
